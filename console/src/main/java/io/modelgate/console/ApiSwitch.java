package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
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
        KillReport report = report(api, killed, screen);
        boolean said = report.inForce();
        if (said) {
            report.off("", false);
            screen.flush();
        }
        @Nullable Confirmation confirmed = null;
        @Nullable ApiProblem problem = null;
        try {
            confirmed = confirmed(api, report.kill(), wait);
        } catch (ApiProblem e) {
            problem = e; // the kill was made, whatever comes of this
        }
        return said || (confirmed != null && confirmed.seq() > 0)
                ? killed(api, report, said, confirmed, problem, screen)
                : notYet(api, report, screen);
    }

    private static KillReport report(ApiClient api, JsonNode killed, Screen screen) {
        try {
            return new KillReport(screen, killed);
        } catch (ApiProblem e) {
            throw new ApiProblem(e.title(), e.status(), e.detail() + api.maybeDone());
        }
    }

    private static int killed(
            ApiClient api,
            KillReport report,
            boolean said,
            @Nullable Confirmation confirmed,
            @Nullable ApiProblem problem,
            Screen screen) {
        Kill kill = report.kill();
        if (!said) {
            report.off("", false);
        }
        String whyNot = problem == null ? "" : problem.detail();
        boolean revived = problem != null && problem.status() == 404;
        if (report.stored() || (confirmed != null && confirmed.seq() > 0)) {
            report.stored((confirmed != null && confirmed.seq() > 0 ? "entry " + confirmed.seq() + ", " : "")
                    + "in the control log of " + api);
        } else if (!revived) {
            screen.line("  stored  NOT YET: it is in force in the process of the console, which "
                    + (report.problem().isEmpty() ? "goes on trying" : "gave up: " + report.problem()));
        }
        report.running(confirmed, whyNot);
        report.end(api.again("revive", kill.id(), "--reason", "…"));
        if (revived) {
            screen.problem(kill.id() + " was killed and is in force no more: " + whyNot + ". `" + api.again("status")
                    + "` shows what is engaged");
            return Command.FAILED;
        }
        if (!report.stored()) {
            screen.problem("KILLED ONLY IN the process of " + api + ": " + kill.id()
                    + " is not stored, so that no other process has seen it; it is "
                    + (report.problem().isEmpty() ? "tried on" : "not tried any more: " + report.problem())
                    + ". `" + api.again("status") + "` shows what has become of it");
            return Command.FAILED;
        }
        return Command.DONE;
    }

    /** Of a console that serves no calls itself: what is not stored turns nothing off. */
    private static int notYet(ApiClient api, KillReport report, Screen screen) {
        Kill kill = report.kill();
        report.tell();
        screen.problem(
                "NOT KILLED yet: " + kill.id() + " on " + Wording.scope(kill.scope()) + " is not stored, and " + api
                        + " serves no calls itself, so that no process that does has heard of it; it is "
                        + (report.problem().isEmpty() ? "tried on" : "not tried any more: " + report.problem())
                        + ". `" + api.again("status") + "` shows what has become of it");
        screen.hint(
                "or kill " + Wording.scope(kill.scope()) + " inside the running processes, where a kill needs no log");
        return Command.FAILED;
    }

    /** Which processes have it in force, once all that are heard of do or the time is over. */
    private static Confirmation confirmed(ApiClient api, Kill kill, Duration wait) {
        Ticker ticker = Ticker.system();
        long began = ticker.read();
        while (true) {
            Duration left = wait.minusNanos(ticker.read() - began);
            Duration now = left.isNegative() ? Duration.ZERO : left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
            Confirmation confirmation = ApiClient.confirmation(
                    api.get("api/v1/kills/" + ApiClient.part(kill.id()) + "/confirmation?wait=" + now.toMillis(), now));
            boolean complete = confirmation.seq() > 0 && confirmation.pending().isEmpty();
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
            screen.problem("NOT REVIVED yet: " + id + " stays engaged on " + Wording.scope(kill.scope())
                    + ", because its revive is not stored; whether it will be is not known yet: `"
                    + api.again("status") + "` shows what is engaged");
            return Command.FAILED;
        }
        ReviveCommand.revived(revived, "", "in the control log of " + api, api.now(), screen);
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
        return decided(decided, gate, action, api, screen);
    }

    private static int decided(JsonNode decided, String gate, String action, ApiClient api, Screen screen) {
        screen.object(() -> decided);
        if (decided.path("stored").asBoolean()) {
            screen.line("DONE: " + action + " the rollout of " + gate);
            screen.line("  stored  " + decided.path("id").asText() + ", in the control log of " + api);
            return Command.DONE;
        }
        screen.problem(
                "NOT YET: to " + action + " the rollout of " + gate + " is not stored and so not in force; whether it"
                        + " will be is not known yet: `" + api.again("rollout", "status", gate) + "` shows it");
        return Command.FAILED;
    }
}
