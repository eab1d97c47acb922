package io.modelgate;

import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Why a process kills all gates for itself alone. Such a kill is in no log, ends only when its reason does, and no revive releases it. */
public enum ProcessKill {
    /** The control log refused to open. Ends with a restart. */
    LOG_REFUSED,
    /** Nothing is known of the control log yet. Ends once it is. */
    LOG_UNKNOWN,
    /** The control log was not heard of for longer than {@link GatesBuilder#killWhenStale}. Ends once it is current again. */
    LOG_STALE;

    private static final Actor ITSELF = new Actor("modelgate", "automation");

    private final String id = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** The id of the kill: {@code log-refused}, {@code log-unknown} or {@code log-stale}. */
    public String id() {
        return id;
    }

    /** Which of them a kill is; empty for one that somebody decided. */
    public static Optional<ProcessKill> of(Kill kill) {
        return Arrays.stream(values())
                .filter(each -> each.id.equals(kill.id())
                        && kill.scope().isFleet()
                        && kill.actor().equals(ITSELF))
                .findFirst();
    }

    Kill engaged(String reason, Instant at) {
        return new Kill(id, Scope.fleet(), ITSELF, reason, at);
    }
}
