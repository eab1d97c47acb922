package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks a control log which processes have a kill in force, until all have. One for each question. */
final class Confirmations {

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final Control control;
    private final ControlLog log;
    private final String kill;

    /** What this process has of the log, by number, for one look at the instances: the log may be replaced before the next. */
    private final Map<Long, String> hashes = new HashMap<>();

    /** What was found to be on this log, and stays so for as long as the kill stands at the same place of it. */
    private final Set<String> sure = new HashSet<>();

    private long sureOf;

    private Confirmations(Control control, String kill) {
        this.control = control;
        log = control.log();
        this.kill = kill;
    }

    static Confirmation await(Control control, String kill, Duration timeout) {
        Confirmations asked = new Confirmations(control, kill);
        Ticker ticker = Ticker.system(); // a person waits, whatever the gates take for time
        long end = ticker.read() + nanos(timeout);
        for (long pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
            long left = end - ticker.read();
            Confirmation now = asked.now(left <= 0);
            if (left <= 0 || (now != null && now.seq() > 0 && now.pending().isEmpty())) {
                return now == null ? asked.known() : now;
            }
            try {
                TimeUnit.NANOSECONDS.sleep(Math.min(pause, left));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return now == null ? asked.known() : now;
            }
        }
    }

    /** A quarter of what a ticker can tell is longer than anyone waits. */
    private static long nanos(Duration timeout) {
        Duration longest = Duration.ofNanos(Long.MAX_VALUE / 4);
        return timeout.isNegative() ? 0 : (timeout.compareTo(longest) < 0 ? timeout : longest).toNanos();
    }

    /** What is known now; null if the log cannot say and is to be asked again. */
    private @Nullable Confirmation now(boolean last) {
        try {
            return known();
        } catch (ControlLogException e) {
            if (last) {
                throw e;
            }
            return null;
        }
    }

    private Confirmation known() {
        long seq = control.killSeq(kill);
        hashes.clear();
        if (seq != sureOf) {
            sure.clear();
            sureOf = seq;
        }
        List<Instance> confirmed = new ArrayList<>();
        List<Instance> pending = new ArrayList<>();
        List<Instance> silent = new ArrayList<>();
        for (Instance instance : log.instances()) {
            boolean reached = seq > 0 && instance.applied().seq() >= seq;
            if (reached && (sure.contains(instance.name()) || isOnThisLog(instance.applied()))) {
                sure.add(instance.name());
                confirmed.add(instance);
            } else {
                (instance.live() ? pending : silent).add(instance);
            }
        }
        return new Confirmation(seq, confirmed, pending, silent);
    }

    /**
     * Whether the entry that an instance has applied is one of this log. One that is ahead may be on a fork that is about to be repaired, and
     * without the kill: that is known once this process has come as far.
     */
    private boolean isOnThisLog(Head applied) {
        return hashes.computeIfAbsent(applied.seq(), this::hash).equals(applied.hash());
    }

    private String hash(long seq) {
        try {
            List<Entry> entry = log.read(seq - 1, 1);
            return entry.isEmpty() ? "" : entry.get(0).hash();
        } catch (ControlLogException e) {
            return "";
        }
    }
}
