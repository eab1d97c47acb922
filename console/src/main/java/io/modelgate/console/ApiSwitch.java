package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.modelgate.Confirmation;
import io.modelgate.Kill;
import io.modelgate.Scope;
import io.modelgate.Ticker;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Kills, revives and takes versions back through a console, and says what came of it. */
final class ApiSwitch {

    /** How long one request may wait for confirmations. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private ApiSwitch() {}

    static int kill(ApiClient api, Scope scope, String reason, Duration wait, Screen screen) {
        Map<String, Object> order = CommandJson.object(
                "gate", scope.gate(),
                "version", scope.version(),
                "attribute", scope.attribute(),
                "value", scope.value(),
                "reason", reason);
        JsonNode killed = api.post("api/v1/kills", order);
        Kill kill = ApiClient.kill(killed.path("kill"));
        boolean stored = killed.path("stored").asBoolean();
        screen.line("KILLED " + Wording.scope(kill.scope()) + " at " + kill.at());
        screen.line("  id      " + kill.id());
        screen.line("  off     " + off(kill.scope()) + KillCommand.narrowed(kill.scope()));
        JsonNode recent = killed.path("recent");
        if (kill.scope().narrowed() && recent.path("sampled").asLong() > 0) {
            screen.line("  check   " + recent.path("matching").asLong() + " of "
                    + recent.path("sampled").asLong() + " callers seen lately have that value, "
                    + recent.path("lacking").asLong() + " lack it; values are compared letter by letter: eu is not EU");
        } else if (kill.scope().narrowed()) {
            screen.line("  check   values are compared letter by letter: eu is not EU");
        }
        if (killed.path("inFlight").asLong() > 0) {
            screen.line("  ends    " + Wording.count(killed.path("inFlight").asLong(), "call")
                    + " that began before, in the process of the console");
        }
        JsonNode confirmation = confirmation(api, kill, wait);
        Confirmation confirmed = ApiClient.confirmation(confirmation);
        stored |= confirmed.seq() > 0;
        screen.line(
                stored
                        ? "  stored  " + (confirmed.seq() > 0 ? "entry " + confirmed.seq() + ", " : "")
                                + "in the control log of " + api
                        : "  stored  NOT YET: it is in force in the process of the console, which goes on trying");
        Processes.confirmed(screen, confirmed);
        screen.line("  revive  " + api.again("revive", kill.id(), "--reason", "…"));
        screen.object(() -> ((ObjectNode) killed.deepCopy())
                .put("stored", confirmed.seq() > 0 || killed.path("stored").asBoolean())
                .set("confirmation", confirmation));
        if (!stored) {
            screen.problem(
                    Command.FAILED,
                    "KILLED ONLY IN the process of " + api + ": " + kill.id()
                            + " is not stored, so that no other process has seen it; it is tried on. `"
                            + api.again("status") + "` shows what has become of it");
            return Command.FAILED;
        }
        return Command.DONE;
    }

    private static String off(Scope scope) {
        if (scope.isFleet()) {
            return "every gate, and any declared later";
        }
        return scope.version() == null
                ? "gate " + scope.gate() + ", with all its versions"
                : "version " + scope.version() + " of gate " + scope.gate();
    }

    /** Which processes have it in force, once all that are heard of do or the time is over. */
    private static JsonNode confirmation(ApiClient api, Kill kill, Duration wait) {
        Ticker ticker = Ticker.system();
        long began = ticker.read();
        while (true) {
            Duration left = wait.minusNanos(ticker.read() - began);
            Duration now = left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
            JsonNode confirmation =
                    api.get("api/v1/kills/" + ApiClient.part(kill.id()) + "/confirmation?wait=" + now.toMillis(), now);
            boolean complete = confirmation.path("seq").asLong() > 0
                    && confirmation.path("pending").isEmpty();
            if (complete || left.compareTo(LONGEST_WAIT) <= 0) {
                return confirmation;
            }
        }
    }

    static int revive(ApiClient api, String id, @Nullable String reason, Screen screen) throws UsageException {
        JsonNode preview = api.get("api/v1/kills/" + ApiClient.part(id));
        Kill kill = ApiClient.kill(preview.path("kill"));
        String why = reason(reason, "REVIVED");
        JsonNode revived = api.post(
                "api/v1/kills/" + ApiClient.part(id) + "/revive",
                Map.of("confirm", preview.path("kill").path("on").asText(), "reason", why));
        if (!revived.path("stored").asBoolean()) {
            screen.object(() -> revived);
            screen.problem(
                    Command.FAILED,
                    "NOT REVIVED yet: " + id + " stays engaged on " + Wording.scope(kill.scope())
                            + ", because its revive is not stored; " + api + " goes on trying");
            return Command.FAILED;
        }
        screen.line("REVIVED " + Wording.scope(kill.scope()));
        screen.line("  released  " + id);
        screen.line("  stored    in the control log of " + api);
        ReviveCommand.engaged(screen, ApiClient.kills(revived.path("stillEngaged")), api.now());
        screen.object(() -> revived);
        return Command.DONE;
    }

    /** The reason that a console asks for. */
    static String reason(@Nullable String given, String what) throws UsageException {
        if (given == null || given.isBlank()) {
            throw new UsageException("NOT " + what + ": --reason TEXT is missing; a console asks why");
        }
        return given;
    }

    static int rollback(ApiClient api, String gate, @Nullable String reason, Screen screen) throws UsageException {
        JsonNode back = api.post(
                "api/v1/gates/" + ApiClient.part(gate) + "/rollback", Map.of("reason", reason(reason, "ROLLED BACK")));
        String bad = back.path("bad").asText();
        screen.line("ROLLED BACK " + gate + " from " + bad + " to "
                + back.path("restored").asText());
        screen.line("  serves  " + back.path("restored").asText() + ", to everyone");
        screen.line("  before  " + bad + " since " + back.path("since").asText() + reached(back));
        back.path("remedies").forEach(each -> screen.line("  remedy  " + each.asText()));
        screen.line("  stored  in the control log of " + api);
        screen.object(() -> back);
        return Command.DONE;
    }

    private static String reached(JsonNode back) {
        long reached = back.path("reached").asLong(-1);
        return reached < 0 ? "" : "; it answered about " + Wording.count(reached, "caller");
    }

    static int steer(ApiClient api, String gate, String action, @Nullable String reason, Screen screen)
            throws UsageException {
        JsonNode decided = api.post(
                "api/v1/gates/" + ApiClient.part(gate) + "/rollout/" + action,
                Map.of("reason", reason(reason, action.toUpperCase(Locale.ROOT))));
        return decided(decided, gate, action, api.toString(), screen);
    }

    private static int decided(JsonNode decided, String gate, String action, String where, Screen screen) {
        screen.object(() -> decided);
        if (decided.path("stored").asBoolean()) {
            screen.line("DONE: " + action + " the rollout of " + gate);
            screen.line("  stored  " + decided.path("id").asText() + ", in the control log of " + where);
            return Command.DONE;
        }
        screen.problem(
                Command.FAILED,
                "NOT YET: to " + action + " the rollout of " + gate + " is not stored and so not in force; " + where
                        + " goes on trying");
        return Command.FAILED;
    }
}
