package io.modelgate;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what users' code throws, at WARN and at most once a minute for each place. Thread-safe. */
final class Warnings {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

    private final Ticker ticker;
    private final Map<String, Long> last = new ConcurrentHashMap<>();

    Warnings(Ticker ticker) {
        this.ticker = ticker;
    }

    /** Says what threw. Only the exception's class: its message may hold an input or a secret. */
    void threw(String what, Throwable error) {
        if (due(what)) {
            LOG.warn(
                    "{} threw {}; further ones within a minute are not logged",
                    what,
                    error.getClass().getName());
        }
    }

    void warn(String place, String message) {
        if (due(place)) {
            LOG.warn("{}", message);
        }
    }

    private boolean due(String place) {
        long now = ticker.read();
        Long before = last.get(place);
        if (before != null && now - before < MINUTE) {
            return false;
        }
        return before == null ? last.putIfAbsent(place, now) == null : last.replace(place, before, now);
    }
}
