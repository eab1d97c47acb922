package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.modelgate.rollout.RolloutStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate rollout status}: the rollouts, or all that is known of one. */
@CommandLine.Command(
        name = "status",
        customSynopsis = "modelgate rollout status [GATE] " + Subcommand.PLACE,
        description = "The rollouts; or all that is known of one, with its evidence.")
final class RolloutStatusCommand extends Subcommand {

    @CommandLine.Parameters(arity = "0..1", paramLabel = "GATE", description = "The gate; without, all of them.")
    private @Nullable String gate;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    RolloutStatusCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        ApiClient api = logs.api(options, through);
        if (api != null) {
            return gate == null
                    ? list(api.get("api/v1/rollouts"))
                    : show(api.get("api/v1/gates/" + ApiClient.part(gate) + "/rollout"));
        }
        try (RolloutsOfLog rollouts = RolloutsOfLog.view(logs.place(options), logs)) {
            if (gate != null) {
                Optional<RolloutStatus> status = rollouts.status(gate);
                if (status.isEmpty()) {
                    throw new UsageException("gate " + Wording.quote(gate) + " never had a rollout under a policy");
                }
                return show(Json.tree(rollouts.views().view(rollouts.gate(gate), status.get())));
            }
            List<Views.RolloutSummary> all = new ArrayList<>();
            rollouts.gates().forEach(each -> {
                Views.RolloutSummary summary = rollouts.views().summary(each);
                if (summary != null) {
                    all.add(summary);
                }
            });
            return list(Json.tree(new RolloutOperations.RolloutList(all)));
        }
    }

    private int list(JsonNode rollouts) {
        JsonNode all = rollouts.path("rollouts");
        screen.line(all.isEmpty() ? "no rollout" : Wording.count(all.size(), "rollout") + ":");
        all.forEach(each -> screen.line("  " + summary(each)));
        screen.object(() -> rollouts);
        return Command.DONE;
    }

    private static String summary(JsonNode rollout) {
        return rollout.path("gate").asText() + ": " + rollout.path("candidate").asText() + " after "
                + rollout.path("baseline").asText() + ", "
                + rollout.path("stage").asText().toLowerCase(Locale.ROOT).replace('_', ' ')
                + (rollout.path("running").asBoolean()
                        ? ", " + ApiStatus.percent(rollout.path("weight").asDouble()) + " of the callers"
                        : "")
                + (rollout.path("paused").asBoolean() ? ", PAUSED" : "")
                + (rollout.path("waiting").asBoolean() ? ", WAITS FOR APPROVAL" : "");
    }

    private int show(JsonNode rollout) {
        screen.line(summary(rollout.path("summary")));
        screen.line("  policy  " + rollout.path("policy").asText() + ", step "
                + (rollout.path("step").asInt() + 1) + " of "
                + rollout.path("steps").size() + " for "
                + Math.round(rollout.path("inStepSeconds").asDouble()) + " s, since "
                + rollout.path("since").asText());
        screen.line("  reached " + Wording.count(rollout.path("reached").asLong(), "caller"));
        if (!rollout.path("evidenceKnown").asBoolean(true)) {
            screen.line("  evidence not known here: the processes that serve look at it");
        }
        rollout.path("evidence").forEach(each -> screen.line("  " + evidence(each)));
        if (rollout.path("shadow").isObject()) {
            screen.line("  shadow  " + shadow(rollout.path("shadow")));
        }
        rollout.path("risks").forEach(each -> screen.line("  risk    " + each.asText()));
        if (!rollout.path("reason").asText().isEmpty()) {
            screen.line("  because " + rollout.path("reason").asText());
        }
        rollout.path("history")
                .forEach(each -> screen.line("  #" + each.path("seq").asLong() + "  "
                        + each.path("at").asText() + "  " + each.path("type").asText() + "  "
                        + ApiStatus.percent(each.path("weight").asDouble()) + "  by "
                        + each.path("actor").asText()
                        + (each.path("reason").asText().isEmpty()
                                ? ""
                                : ": " + each.path("reason").asText())));
        screen.object(() -> rollout);
        return Command.DONE;
    }

    private static String evidence(JsonNode evidence) {
        JsonNode band = evidence.path("band");
        return evidence.path("finding").asText() + "  "
                + evidence.path("guardrail").asText() + ": "
                + evidence.path("text").asText()
                + (band.isObject()
                        ? String.format(
                                Locale.ROOT,
                                " [%s between %s and %s, limit %s]",
                                band.path("quantity").asText(),
                                amount(band, "low"),
                                amount(band, "high"),
                                amount(band, "limit"))
                        : "");
    }

    private static String shadow(JsonNode shadow) {
        return Wording.count(shadow.path("agreed").asLong(), "answer") + " of "
                + shadow.path("compared").asLong() + " agree, at least "
                + ApiStatus.percent(shadow.path("atLeast").asDouble()) + ", needed "
                + ApiStatus.percent(shadow.path("needed").asDouble()) + "; of "
                + Wording.count(shadow.path("sampled").asLong(), "sampled call") + " "
                + shadow.path("dropped").asLong() + " dropped, " + calls(shadow.path("refused")) + " refused, "
                + shadow.path("uncompared").asLong() + " not compared; by each caller's first call "
                + shadow.path("callersAgreed").asLong() + " of "
                + shadow.path("callers").asLong() + " agree";
    }

    private static long calls(JsonNode counts) {
        long calls = 0;
        for (JsonNode each : counts) {
            calls += each.path("calls").asLong();
        }
        return calls;
    }

    private static String amount(JsonNode band, String name) {
        double amount = band.path(name).asDouble();
        return switch (band.path("unit").asText()) {
            case "SHARE" -> ApiStatus.percent(amount);
            case "SECONDS" -> String.format(Locale.ROOT, "%.4g s", amount);
            default -> String.format(Locale.ROOT, "%.4g", amount);
        };
    }
}
