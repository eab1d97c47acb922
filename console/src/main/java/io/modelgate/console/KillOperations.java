package io.modelgate.console;

import io.modelgate.Confirmation;
import io.modelgate.GateDescription;
import io.modelgate.Gates;
import io.modelgate.Kill;
import io.modelgate.KillPreview;
import io.modelgate.KillReceipt;
import io.modelgate.ReviveReceipt;
import io.modelgate.Scope;
import io.modelgate.console.Views.InstanceView;
import io.modelgate.console.Views.KillView;
import io.modelgate.console.Views.RecentView;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The switch: what is killed, what a kill would do, killing, who confirms it, reviving. Thread-safe. */
final class KillOperations {

    private static final int MOST_GATES = 100;
    private static final long LONGEST_WAIT = 5_000;

    private final Gates gates;
    private final Overview overview;
    private final boolean standalone;
    private final Places previews = new Places(8, "previews of kills");
    private final Places waits = new Places(32, "waits for the confirmation of a kill");

    KillOperations(Gates gates, Overview overview, boolean standalone) {
        this.gates = gates;
        this.overview = overview;
        this.standalone = standalone;
    }

    List<Route> routes() {
        return List.of(
                Route.get("/api/v1/kills", this::engaged),
                Route.post("/api/v1/kills", Role.OPERATOR, this::kill),
                Route.post("/api/v1/kills/preview", Role.VIEWER, request -> previews.answer(request, this::preview)),
                Route.get("/api/v1/kills/{kill}", this::byId),
                Route.get("/api/v1/kills/{kill}/confirmation", this::confirmation),
                Route.post("/api/v1/kills/{kill}/revive", Role.APPROVER, this::revive));
    }

    record Kills(List<KillView> kills) {}

    record ScopeOrder(
            @Nullable String gate,
            @Nullable String version,
            @Nullable String attribute,
            @Nullable String value) {
        Scope scope() {
            return new Scope(Decisions.required("gate", gate), version, attribute, value);
        }
    }

    record KillOrder(
            @Nullable String gate,
            @Nullable String version,
            @Nullable String attribute,
            @Nullable String value,
            @Nullable String reason) {
        Scope scope() {
            return new ScopeOrder(gate, version, attribute, value).scope();
        }
    }

    record Killed(
            KillView kill,
            boolean stored,
            @Nullable String problem,
            boolean serving,
            long inFlight,
            @Nullable RecentView recent) {}

    record Instead(
            String gate,
            boolean known,
            List<String> answers,
            boolean certain,
            @Nullable Double callsPerSecond) {}

    record Preview(
            String on,
            List<Instead> gates,
            int totalGates,
            @Nullable RecentView recent,
            List<KillView> already) {}

    record RevivePreview(KillView kill, List<KillView> stillEngaged, Role role) {}

    record ReviveOrder(@Nullable String confirm, @Nullable String reason) {}

    record Revived(List<KillView> released, boolean stored, List<KillView> stillEngaged) {}

    record Confirmed(
            long seq,
            boolean complete,
            List<InstanceView> confirmed,
            List<InstanceView> pending,
            List<InstanceView> silent) {}

    /** The latest first: it is most likely the one that is looked for. */
    private Reply engaged(Request request) {
        return Reply.json(new Kills(KillView.of(gates.kills())));
    }

    private Reply kill(Request request) throws IOException {
        KillOrder order = request.body(KillOrder.class);
        Scope scope = known(order.scope());
        String reason = Decisions.reason(order.reason());
        KillReceipt receipt = Decisions.made(gates, () -> gates.kill(scope, request.actor(), reason));
        overview.changed(scope.gate());
        boolean stored = Decisions.storedOrTriedOn(receipt);
        String problem = stored
                ? null
                : receipt.failure().map(why -> String.valueOf(why.getMessage())).orElse(null);
        return Reply.json(
                201,
                new Killed(
                        KillView.of(receipt.kill()),
                        stored,
                        problem,
                        !standalone,
                        receipt.inFlight(),
                        recent(scope, receipt.recent())));
    }

    private Reply preview(Request request) throws IOException {
        Scope scope = known(request.body(ScopeOrder.class).scope());
        KillPreview preview = gates.preview(scope);
        List<Instead> instead = new ArrayList<>();
        Set<String> here = new HashSet<>();
        for (KillPreview.Instead each : standalone ? List.<KillPreview.Instead>of() : preview.gates()) {
            here.add(each.gate());
            if (instead.size() < MOST_GATES) {
                instead.add(new Instead(
                        each.gate(), true, each.answers(), each.certain(), overview.callsPerSecond(each.gate())));
            }
        }
        int total = here.size();
        for (String name : scope.isFleet() ? overview.names() : List.of(scope.gate())) {
            if (here.add(name)) { // one that other processes serve
                total++;
                if (instead.size() < MOST_GATES) {
                    instead.add(new Instead(name, false, List.of(), false, null));
                }
            }
        }
        return Reply.json(new Preview(
                scope.toString(), instead, total, recent(scope, preview.recent()), KillView.of(preview.engaged())));
    }

    /** Null where it would say nothing: callers are sampled for their attributes. */
    private @Nullable RecentView recent(Scope scope, KillReceipt.Recent recent) {
        boolean sampled = !standalone
                && scope.narrowed()
                && gates.gates().stream()
                        .filter(gate -> scope.isFleet() || gate.name().equals(scope.gate()))
                        .anyMatch(gate -> !gate.describe().attributes().isEmpty());
        return sampled ? RecentView.of(recent) : null;
    }

    /** The scope, if there is such a gate and version; what else may be wrong with it is the library's to say. */
    private Scope known(Scope scope) {
        if (scope.isFleet()) {
            return scope;
        }
        GateDescription gate = gates.describe(scope.gate())
                .orElseThrow(() -> Problem.notFound("gate \"" + scope.gate() + "\" is unknown"));
        if (scope.version() != null && !gate.versions().contains(scope.version())) {
            throw Problem.notFound("version \"" + scope.version() + "\" of gate \"" + scope.gate()
                    + "\" is unknown; known versions are " + gate.versions());
        }
        return scope;
    }

    private Reply byId(Request request) {
        Kill kill = engaged(request.path("kill"));
        return Reply.json(new RevivePreview(KillView.of(kill), KillView.of(besides(kill)), leastToRevive(kill)));
    }

    private Kill engaged(String id) {
        return find(id).orElseThrow(
                        () -> Problem.notFound("no kill with this id is engaged; it may have been revived"));
    }

    private Optional<Kill> find(String id) {
        return gates.kills().stream().filter(kill -> kill.id().equals(id)).findFirst();
    }

    /** What stays killed of the scope of a kill when it alone is revived. */
    private List<Kill> besides(Kill kill) {
        return gates.kills().stream()
                .filter(each -> !each.id().equals(kill.id()) && each.scope().bearsOn(kill.scope()))
                .toList();
    }

    private static Role leastToRevive(Kill kill) {
        return kill.scope().isFleet() ? Role.ADMIN : Role.APPROVER;
    }

    private Reply confirmation(Request request) throws IOException {
        String id = request.path("kill");
        Duration wait = Duration.ofMillis(request.query("wait", 0, 0, LONGEST_WAIT));
        Confirmation now = gates.confirmed(id, Duration.ZERO);
        requireEngaged(id, now);
        return now.complete() || wait.isZero()
                ? confirmed(now)
                : waits.answer(request, waiting -> {
                    Confirmation confirmed = gates.confirmed(id, wait);
                    requireEngaged(id, confirmed);
                    return confirmed(confirmed);
                });
    }

    /** What was revived is in force nowhere, whoever had it in force before. */
    private void requireEngaged(String id, Confirmation seen) {
        if (find(id).isEmpty()) {
            throw Problem.notFound(
                    seen.seq() > 0
                            ? "the kill is not engaged any more: it was revived"
                            : "there is no kill with this id");
        }
    }

    private Reply confirmed(Confirmation confirmed) {
        String self = gates.log().instance();
        return Reply.json(new Confirmed(
                confirmed.seq(),
                confirmed.complete(),
                InstanceView.of(confirmed.confirmed(), self),
                InstanceView.of(confirmed.pending(), self),
                InstanceView.of(confirmed.silent(), self)));
    }

    private Reply revive(Request request) throws IOException {
        Kill kill = engaged(request.path("kill"));
        Decisions.requireMay(request, leastToRevive(kill), "reviving a kill of the fleet");
        ReviveOrder order = request.body(ReviveOrder.class);
        String reason = Decisions.reason(order.reason());
        String on = kill.scope().toString();
        if (!on.equals(Decisions.required("confirm", order.confirm()))) {
            throw Problem.bad("confirm: expected what the kill is on, word for word: " + on);
        }
        ReviveReceipt receipt = Decisions.made(gates, () -> gates.revive(kill.id(), request.actor(), reason));
        boolean stored = Decisions.stored(receipt);
        overview.changed(kill.scope().gate());
        return Reply.json(
                stored ? 200 : 202,
                new Revived(KillView.of(receipt.released()), stored, KillView.of(receipt.stillEngaged())));
    }
}
