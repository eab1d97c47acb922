package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelgate.Confirmation;
import io.modelgate.Kill;
import io.modelgate.Scope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says what came of a kill, in a control log or through a console: both have it in the words of the API. Not thread-safe. */
final class KillReport {

    private final Screen screen;
    private final ObjectNode killed;
    private final Kill kill;

    /**
     * Of a kill that was made.
     *
     * @param killed as the API says it
     * @throws ApiProblem if that is no such thing
     */
    KillReport(Screen screen, JsonNode killed) {
        this.screen = screen;
        this.killed = killed.deepCopy();
        kill = ApiClient.kill(killed.path("kill"));
    }

    Kill kill() {
        return kill;
    }

    /** Whether it survives a restart. */
    boolean stored() {
        return killed.path("stored").asBoolean();
    }

    /** Whether a process that serves calls has heard of it: for whoever is stored with, every one that reads the log. */
    boolean inForce() {
        return stored() || killed.path("serving").asBoolean(true);
    }

    /** Why it will not be stored; empty as long as that is tried. */
    String problem() {
        return killed.path("problem").asText();
    }

    /**
     * Says what is off.
     *
     * @param fleet what is known of the gates there are, for a kill of them all
     * @param stable whether it is of a version that is stable; false if that is not known
     */
    void off(String fleet, boolean stable) {
        Scope scope = kill.scope();
        screen.line("KILLED " + Wording.scope(scope) + " at " + kill.at());
        screen.line("  id      " + kill.id());
        screen.line("  off     " + what(scope, fleet, stable)
                + (scope.narrowed()
                        ? ", for callers with " + Wording.where(scope) + " and those without " + scope.attribute()
                        : ""));
        if (scope.narrowed()) {
            screen.line("  check   " + callers(killed.path("recent")));
        }
        long running = killed.path("inFlight").asLong();
        if (running > 0) {
            screen.line("  ends    " + Wording.count(running, "call")
                    + " that began before, in the process of the console");
        }
    }

    private static String what(Scope scope, String fleet, boolean stable) {
        if (scope.isFleet()) {
            return "every gate" + fleet + ", and any declared later";
        }
        return scope.version() == null
                ? "gate " + scope.gate() + ", with all its versions"
                : "version " + scope.version() + " of gate " + scope.gate() + (stable ? ", which is stable" : "");
    }

    private static String callers(JsonNode recent) {
        return recent.path("sampled").asLong() > 0
                ? recent.path("matching").asLong() + " of "
                        + recent.path("sampled").asLong()
                        + " callers seen lately have that value, "
                        + recent.path("lacking").asLong()
                        + " lack it; values are compared letter by letter: eu is not EU"
                : "values are compared letter by letter, and it is not known here which ones callers carry: eu is not EU";
    }

    /** Says by which kills it was off before. */
    void before(List<Kill> same) {
        if (!same.isEmpty()) {
            screen.line("  note    it was off before, by "
                    + String.join(", ", same.stream().map(Kill::id).toList())
                    + "; it stays off until each of them is revived");
        }
    }

    /** Says where it is stored. */
    void stored(String where) {
        killed.put("stored", true);
        screen.line("  stored  " + where);
    }

    /** Says which processes have it in force; null, and why, where that cannot be told. */
    void running(@Nullable Confirmation confirmation, String whyNot) {
        if (confirmation == null) {
            screen.line("  running which processes have it in force cannot be told: " + whyNot);
        } else {
            killed.set("confirmation", Json.tree(CommandJson.confirmation(confirmation)));
            Processes.confirmed(screen, confirmation);
        }
    }

    /** Says how it is undone, and tells programs all of it. */
    void end(String revive) {
        screen.line("  revive  " + revive);
        tell();
    }

    /** Tells programs what is known of it. */
    void tell() {
        screen.object(() -> killed);
    }
}
