package io.modelgate.console;

import io.modelgate.Confirmation;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Instance;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How the command shows the processes that serve from a log. */
final class Processes {

    private Processes() {}

    /** Says which processes have a kill in force, one a line. */
    static void confirmed(Screen screen, Confirmation confirmation) {
        List<String> lines = new ArrayList<>();
        confirmation.confirmed().forEach(each -> lines.add(each.name() + " has it in force"));
        confirmation.pending().forEach(each -> lines.add(each.name() + " HAS NOT SAID SO YET: " + state(each)));
        confirmation.silent().forEach(each -> lines.add(each.name() + " IS SILENT: " + state(each)));
        if (lines.isEmpty()) {
            lines.add("no process is known to serve from this log; one that starts finds the kill in it");
        }
        lines.forEach(line -> screen.line("  running " + line));
    }

    /** The processes that serve from a log; null where the log cannot tell, which is said. */
    static @Nullable List<Instance> of(ControlLog log, Screen screen) {
        try {
            return log.instances();
        } catch (ControlLogException e) {
            screen.line("running processes cannot be told: " + e.getMessage());
            return null;
        }
    }

    /** Lists processes. */
    static void list(Screen screen, List<Instance> all) {
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
