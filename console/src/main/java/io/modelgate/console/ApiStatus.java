package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.modelgate.Kill;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a console knows: the state of the gates, with the traffic of the process that serves it. */
final class ApiStatus {

    private static final int PAGE = 500;

    private ApiStatus() {}

    static int all(ApiClient api, LogAccess logs, Screen screen) {
        JsonNode state = api.get("api/v1/state");
        JsonNode kills = api.get("api/v1/kills").path("kills");
        ArrayNode gates = gates(api);
        JsonNode instances = instances(api, screen);
        Instant now = logs.now();
        List<Kill> engaged = ApiClient.kills(kills);
        screen.line(engaged.isEmpty() ? "no kill is engaged" : Wording.count(engaged.size(), "kill") + " engaged:");
        engaged.forEach(kill -> screen.line("  " + Wording.kill(kill, now)));
        long unstored = state.path("unstoredKills").asLong();
        if (unstored > 0) {
            screen.line("  " + Wording.count(unstored, "kill") + " of "
                    + state.path("process").asText() + " NOT STORED YET: in force there alone");
        }
        screen.line(Wording.count(gates.size(), "gate") + (gates.isEmpty() ? "" : ":"));
        gates.forEach(each -> screen.line("  " + summary(each)));
        if (instances != null) {
            Processes.list(screen, ApiClient.instances(instances));
        }
        JsonNode log = state.path("log");
        screen.line("head: entry " + log.path("seq").asLong()
                + (log.path("known").asBoolean(true) ? "" : ", NOT REACHED since the console started")
                + ", verified up to "
                + log.path("verifiedSeq").asLong() + ", " + api);
        if (log.hasNonNull("problem")) {
            screen.line("  PROBLEM with the log: " + log.path("problem").asText());
        }
        screen.object(() -> CommandJson.object(
                "asOf", state.path("asOf"),
                "kills", kills,
                "total", gates.size(),
                "gates", gates,
                "instances", instances,
                "log", log));
        return Command.DONE;
    }

    private static ArrayNode gates(ApiClient api) {
        ArrayNode gates = JsonNodeFactory.instance.arrayNode();
        long total = 1;
        while (gates.size() < total) {
            JsonNode page = api.get("api/v1/gates?limit=" + PAGE + "&offset=" + gates.size());
            total = page.path("total").asLong();
            if (page.path("gates").isEmpty()) {
                break;
            }
            page.path("gates").forEach(gates::add);
        }
        return gates;
    }

    private static @Nullable JsonNode instances(ApiClient api, Screen screen) {
        try {
            return api.get("api/v1/instances").path("instances");
        } catch (ApiProblem e) {
            screen.line("running processes cannot be told: " + e.detail());
            return null;
        }
    }

    private static String summary(JsonNode gate) {
        String state = gate.path("state").asText();
        StringBuilder line = new StringBuilder(gate.path("name").asText())
                .append(state.equals("LIVE") ? "" : state.equals("KILLED") ? " KILLED" : " KILLED in part")
                .append(": stable ")
                .append(gate.path("stable").asText("(none declared)"));
        String serves = gate.path("serves").asText();
        if (!serves.isEmpty() && !serves.equals(gate.path("stable").asText())) {
            line.append(", most callers get ").append(serves);
        }
        if (gate.hasNonNull("candidate")) {
            line.append(", candidate ")
                    .append(gate.path("candidate").asText())
                    .append(" with ")
                    .append(percent(gate.path("weight").asDouble()));
        }
        JsonNode rollout = gate.path("rollout");
        if (rollout.path("running").asBoolean()) {
            line.append(", ")
                    .append(rollout.path("stage").asText().toLowerCase(Locale.ROOT))
                    .append(rollout.path("paused").asBoolean() ? " (PAUSED)" : "")
                    .append(rollout.path("waiting").asBoolean() ? " (waits for approval)" : "");
        }
        JsonNode traffic = gate.path("traffic");
        if (traffic.isObject()) {
            line.append(String.format(
                    Locale.ROOT,
                    "; %.1f calls/s, %s errors, %s by fallback",
                    traffic.path("callsPerSecond").asDouble(),
                    percent(traffic.path("errorRate").asDouble()),
                    percent(traffic.path("fallbackRate").asDouble())));
        }
        return line.toString();
    }

    static String percent(double share) {
        return Wording.percent(Math.round(share * 100_000));
    }

    static int gate(ApiClient api, String name, LogAccess logs, Screen screen) {
        JsonNode gate = api.get("api/v1/gates/" + ApiClient.part(name));
        screen.line(summary(gate.path("summary")));
        gate.path("versions")
                .forEach(each -> screen.line("  version " + each.path("id").asText()
                        + (each.path("live").asBoolean() ? "" : " KILLED")
                        + (each.path("registered").asBoolean() ? "" : ", not in this process")
                        + (each.hasNonNull("breaker")
                                ? ", breaker " + each.path("breaker").asText().toLowerCase(Locale.ROOT)
                                : "")
                        + (each.path("inFlight").asLong() > 0
                                ? ", " + Wording.count(each.path("inFlight").asLong(), "call") + " in flight"
                                : "")));
        line(screen, "ladder", gate.path("rungs"));
        line(screen, "switches may be narrowed by", gate.path("attributes"));
        shares(screen, "answered by", gate.path("shares"));
        shares(screen, "causes", gate.path("causes"));
        ApiClient.kills(gate.path("kills")).forEach(kill -> screen.line("  killed  " + Wording.kill(kill, logs.now())));
        screen.object(() -> gate);
        return Command.DONE;
    }

    private static void line(Screen screen, String what, JsonNode texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(each -> all.add(each.asText()));
        if (!all.isEmpty()) {
            screen.line("  " + what + ": " + String.join(", ", all));
        }
    }

    private static void shares(Screen screen, String what, JsonNode shares) {
        List<String> all = new ArrayList<>();
        shares.properties()
                .forEach(each ->
                        all.add(each.getKey() + " " + percent(each.getValue().asDouble())));
        if (!all.isEmpty()) {
            screen.line("  " + what + ", in the last minute: " + String.join(", ", all));
        }
    }
}
