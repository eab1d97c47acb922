package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** How the command shows the processes that serve from a log. */
final class Instances {

    private Instances() {}

    /** Says which processes have a kill in force, one a line, after waiting for them. It is stored whatever comes of this. */
    static void confirmed(Screen screen, KillReceipt receipt, Duration timeout) {
        Confirmation confirmation;
        try {
            confirmation = receipt.confirmed(timeout);
        } catch (ControlLogException e) {
            screen.line("  running which processes have it in force cannot be told: " + e.getMessage());
            return;
        }
        List<String> lines = new ArrayList<>();
        confirmation.confirmed().forEach(each -> lines.add(each.name() + " has it in force"));
        confirmation.pending().forEach(each -> lines.add(each.name() + " HAS NOT SAID SO YET: " + state(each)));
        confirmation.silent().forEach(each -> lines.add(each.name() + " IS SILENT: " + state(each)));
        if (lines.isEmpty()) {
            lines.add("no process is known to serve from this log; one that starts finds the kill in it");
        }
        lines.forEach(line -> screen.line("  running " + line));
    }

    /** Lists the processes that serve from a log. */
    static void list(Screen screen, ControlLog log) {
        List<Instance> all;
        try {
            all = log.instances();
        } catch (ControlLogException e) {
            screen.line("running processes cannot be told: " + e.getMessage());
            return;
        }
        screen.line(all.isEmpty() ? "no running process is known" : Wording.count(all.size(), "process") + ":");
        all.forEach(each -> screen.line("  " + each.name() + ": " + state(each) + (each.live() ? "" : ", SILENT")));
    }

    private static String state(Instance instance) {
        return "has applied entry " + instance.applied().seq() + ", heard of "
                + (instance.silentFor().toSeconds() == 0
                        ? "just now"
                        : instance.silentFor().toSeconds() + " s ago");
    }
}
