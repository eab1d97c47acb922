package io.modelgate.console;

import io.modelgate.GateEvent;
import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Which gates the control log has said something about since one last asked, by reading what took effect in this process; and how often the
 * log turned out to be another one than before. Thread-safe.
 */
final class LogFollower implements AutoCloseable {

    private static final int AT_ONCE = 1_000;

    private final Gates gates;
    private final ControlLog log;
    private final AtomicLong replaced = new AtomicLong();
    private final ControlLog.Subscription events;

    /** Guarded by this. */
    private Head seen;

    private final Set<String> touched = new HashSet<>();
    private boolean all;

    /** {@code onEvent} is called with every event of the gates; it returns at once. */
    LogFollower(Gates gates, Consumer<GateEvent> onEvent) {
        this.gates = gates;
        log = gates.log();
        seen = end();
        events = gates.onEvent(event -> {
            if (event instanceof GateEvent.Replaced) {
                replace();
            }
            onEvent.accept(event);
        });
    }

    /** What has been said something about. */
    record News(boolean everything, Set<String> gates) {}

    /** The last entry that took effect here, as it stands in the log. */
    Head end() {
        return at(gates.applied());
    }

    /**
     * The place of an entry of the log, with its hash; that of the beginning for 0, or if there is no such entry.
     *
     * @throws ControlLogException if the log cannot be read
     */
    Head at(long seq) {
        if (seq <= 0) {
            return Head.EMPTY;
        }
        List<Entry> entry = log.read(seq - 1, 1);
        return entry.isEmpty() ? Head.EMPTY : entry.get(0).head();
    }

    /** How often the log was found to be another one: what was read before may no longer be part of it. */
    long replaced() {
        return replaced.get();
    }

    /** Reads what is new, and says what it is about; each entry is said once. */
    synchronized News news() {
        try {
            advance();
        } catch (ControlLogException e) { // what is in force is in memory, and looked at anew
            all = true;
        }
        News news = new News(all, Set.copyOf(touched));
        all = false;
        touched.clear();
        return news;
    }

    private void advance() {
        long applied = gates.applied();
        if (applied < seen.seq()) {
            replace();
        }
        while (seen.seq() < applied) {
            List<Entry> page = log.read(seen.seq(), (int) Math.min(AT_ONCE, applied - seen.seq()));
            if (page.isEmpty()) {
                return; // it comes, or the log is being replaced and says so
            }
            for (Entry entry : page) {
                if (!entry.continues(seen)) {
                    replace();
                    return;
                }
                touched.add(entry.gate());
                seen = entry.head();
            }
        }
    }

    private synchronized void replace() {
        all = true;
        replaced.incrementAndGet();
        try {
            seen = end();
        } catch (ControlLogException e) {
            seen = Head.EMPTY; // so that it is found to be another one again, until it can be read
        }
    }

    @Override
    public void close() {
        events.close();
    }
}
