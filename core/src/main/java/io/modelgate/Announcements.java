package io.modelgate;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what took effect and tells listeners of it: in the order in which it was added, and outside of all locks. Thread-safe. */
final class Announcements {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final int LOST_NAMED = 50;

    private final Events events;
    private final Warnings warnings;
    private final Queue<GateEvent> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger announcing = new AtomicInteger();

    Announcements(Events events, Warnings warnings) {
        this.events = events;
        this.warnings = warnings;
    }

    /** Adds what comes next. Called under the lock that makes the order; announced by {@link #announce}. */
    void add(GateEvent event) {
        waiting.add(event);
    }

    /** Announces what is waiting, one thread at a time. */
    void announce() {
        if (announcing.getAndIncrement() != 0) {
            return; // the thread that is at it goes round once more
        }
        int rounds = 1;
        do {
            for (GateEvent event = waiting.poll(); event != null; event = waiting.poll()) {
                try {
                    announce(event);
                } catch (Throwable e) { // a log appender's trouble must not silence the rest
                    warnings.threw("the announcement of a control entry", e);
                }
            }
            rounds = announcing.addAndGet(-rounds);
        } while (rounds != 0);
    }

    private void announce(GateEvent event) {
        if (event instanceof GateEvent.Applied now) {
            applied(now.entry());
        } else if (event instanceof GateEvent.Replaced replaced
                && !replaced.lost().isEmpty()) {
            lost(replaced.lost());
        }
        events.publish(event);
    }

    private static void applied(Entry entry) {
        Decision decision = entry.decision();
        LOG.info(
                "#{} {} {} by {} ({}): {} [{}]",
                entry.seq(),
                Names.plain(decision.type()),
                Names.plain(target(entry)),
                Names.plain(decision.actor()),
                Names.plain(decision.authentication()),
                Names.plain(decision.reason()),
                Names.plain(decision.id()));
    }

    private static String target(Entry entry) {
        String version = entry.text("version");
        String attribute = entry.text("attribute");
        return entry.gate()
                + (version == null ? "" : "/" + version)
                + (attribute == null ? "" : "[" + attribute + "=" + entry.text("value") + "]");
    }

    private static void lost(List<GateEvent.Lost> lost) {
        LOG.warn(
                "the control log was replaced, and what had taken effect here is no longer part of it: {}{}",
                lost.stream()
                        .limit(LOST_NAMED)
                        .map(each -> "#" + each.seq() + " "
                                + Names.plain(each.type() + " " + each.id() + " of " + each.gate()))
                        .collect(Collectors.joining(", ")),
                lost.size() > LOST_NAMED ? " and " + (lost.size() - LOST_NAMED) + " more" : "");
    }
}
