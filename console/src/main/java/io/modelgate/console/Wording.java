package io.modelgate.console;

import io.modelgate.Kill;
import io.modelgate.Scope;
import io.modelgate.control.Entry;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the command puts scopes, actors, times and entries into words. */
final class Wording {

    private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}._@/:+-]+");
    private static final Pattern SHELL_WORD = Pattern.compile("[A-Za-z0-9._@/:=+-]+");
    private static final int LONGEST_DETAILS = 300;

    private Wording() {}

    /** A scope as {@code credit-risk/v2[region=eu]}. */
    static String scope(Scope scope) {
        return scope.gate()
                + (scope.version() == null ? "" : "/" + scope.version())
                + (scope.narrowed() ? "[" + where(scope) + "]" : "");
    }

    static String where(Scope scope) {
        return scope.attribute() + "=" + word(String.valueOf(scope.value()));
    }

    static String actor(String name, String authentication) {
        return "by " + word(name) + " (" + word(authentication) + ")";
    }

    /** Quotes what could be taken for the text around it. */
    private static String word(String text) {
        return WORD.matcher(text).matches() ? text : '"' + text.replace("\"", "\\\"") + '"';
    }

    /** Quotes a word for a POSIX shell. */
    static String shell(String word) {
        return SHELL_WORD.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }

    /** Quotes a value for an error message, cut to a readable length. */
    static String quote(@Nullable String value) {
        if (value == null) {
            return "null";
        }
        return '"' + (value.length() > 100 ? value.substring(0, 100) + "…" : value) + '"';
    }

    static String count(long number, String what) {
        String more = what.endsWith("y")
                ? what.substring(0, what.length() - 1) + "ies"
                : what + (what.endsWith("s") ? "es" : "s");
        return number + " " + (number == 1 ? what : more);
    }

    static String time(Instant at, Instant now) {
        Duration age = Duration.between(at, now);
        String ago;
        if (age.isNegative()) {
            ago = "ahead of this machine's clock";
        } else if (age.toMinutes() == 0) {
            ago = age.toSeconds() + " s ago";
        } else if (age.toHours() == 0) {
            ago = age.toMinutes() + " min ago";
        } else if (age.toDays() == 0) {
            ago = age.toHours() + " h ago";
        } else {
            ago = Wording.count(age.toDays(), "day") + " ago";
        }
        return at + " (" + ago + ")";
    }

    static String kill(Kill kill, Instant now) {
        return kill.id() + "  " + scope(kill.scope()) + "  "
                + actor(kill.actor().name(), kill.actor().authentication()) + "  " + time(kill.at(), now) + ": "
                + reason(kill.reason());
    }

    static String reason(String reason) {
        return reason.isBlank() ? "(no reason given)" : reason;
    }

    /** One entry as one line: sequence number, time, type, gate, details, actor, reason. */
    static String entry(Entry entry) {
        var decision = entry.decision();
        return "#" + entry.seq() + "  " + decision.at() + "  " + word(decision.type()) + " " + decision.gate()
                + details(entry) + "  " + actor(decision.actor(), decision.authentication())
                + (decision.reason().isBlank() ? "" : ": " + decision.reason());
    }

    /** What an entry says beside its type, gate, actor and reason. */
    static String details(Entry entry) {
        Map<String, Object> data = new TreeMap<>(entry.decision().data());
        if (entry.type().equals(ServingHistory.KILL)) {
            data.put("id", entry.decision().id());
        }
        String details = data.entrySet().stream()
                .map(item -> "  " + word(item.getKey()) + "=" + value(item.getKey(), item.getValue()))
                .collect(Collectors.joining());
        return details.length() <= LONGEST_DETAILS ? details : details.substring(0, LONGEST_DETAILS) + "...";
    }

    private static String value(String name, Object value) {
        if (value instanceof Map<?, ?> map) {
            return value(name, map.keySet());
        }
        if (value instanceof Collection<?> items) {
            return items.stream().map(item -> word(String.valueOf(item))).collect(Collectors.joining(","));
        }
        return name.equals("weight") && value instanceof Long weight ? percent(weight) : word(String.valueOf(value));
    }

    static String percent(long weight) {
        return BigDecimal.valueOf(weight, 3).stripTrailingZeros().toPlainString() + "%";
    }
}
