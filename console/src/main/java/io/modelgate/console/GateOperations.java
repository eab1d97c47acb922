package io.modelgate.console;

import io.modelgate.GateDescription;
import io.modelgate.GateStats;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.ModelVersion;
import io.modelgate.console.Views.GateState;
import io.modelgate.console.Views.GateSummary;
import io.modelgate.console.Views.KillView;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What there is to see of the process and its gates. Thread-safe. */
final class GateOperations {

    private static final int LONGEST_PART = 200;

    private final Gates gates;
    private final Overview overview;
    private final Traffic traffic;
    private final boolean standalone;

    GateOperations(Gates gates, Overview overview, Traffic traffic, boolean standalone) {
        this.gates = gates;
        this.overview = overview;
        this.traffic = traffic;
        this.standalone = standalone;
    }

    List<Route> routes() {
        return List.of(
                Route.get(
                        "/api/v1/me",
                        request -> Reply.json(new Me(request.actor().name(), request.role()))),
                Route.get(
                        "/api/v1/state",
                        request -> Reply.json(overview.current().state())),
                Route.get("/api/v1/gates", this::gates),
                Route.get("/api/v1/gates/{gate}", this::gate));
    }

    /**
     * Who asks.
     *
     * @param actor as the control log would name them
     */
    record Me(String actor, Role role) {}

    record VersionView(
            String id,
            boolean registered,
            boolean live,
            @Nullable String breaker,
            long inFlight,
            long overdue) {}

    record Totals(
            Map<String, Long> answered,
            Map<String, Long> fellBack,
            Map<String, Long> byCause,
            long refused,
            long failed) {
        static Totals of(GateStats stats) {
            Map<String, Long> byCause = new TreeMap<>();
            stats.byCause().forEach((cause, calls) -> byCause.put(cause.name(), calls));
            return new Totals(stats.answered(), stats.fellBack(), byCause, stats.refused(), stats.failed());
        }
    }

    record GateView(
            GateSummary summary,
            List<VersionView> versions,
            Set<String> attributes,
            List<String> rungs,
            List<KillView> kills,
            @Nullable Map<String, Double> shares,
            @Nullable Map<String, Double> causes,
            @Nullable Totals totals) {}

    private Reply gates(Request request) {
        String part = request.query("q").orElse("").toLowerCase(Locale.ROOT);
        if (part.length() > LONGEST_PART) {
            throw Problem.bad("the query's q: expected at most " + LONGEST_PART + " characters");
        }
        GateState state = request.query("state").map(GateOperations::state).orElse(null);
        int offset = (int) request.query("offset", 0, 0, 1_000_000);
        int limit = (int) request.query("limit", 100, 1, 500);
        Overview.Snapshot now = overview.current();
        List<Overview.Row> rows = now.rows();
        if (state != null || !part.isEmpty()) {
            rows = rows.stream()
                    .filter(row -> state == null || row.summary.state() == state)
                    .filter(row -> row.summary.name().toLowerCase(Locale.ROOT).contains(part))
                    .toList();
        }
        int from = Math.min(offset, rows.size());
        List<Overview.Row> page = rows.subList(from, Math.min(rows.size(), from + limit));
        return new Reply.Body(200, "application/json", page(now.state().asOf(), rows.size(), page));
    }

    private static GateState state(String name) {
        return Arrays.stream(GateState.values())
                .filter(state -> state.name().equals(name))
                .findFirst()
                .orElseThrow(() -> Problem.bad("the query's state: expected LIVE, PARTLY_KILLED or KILLED"));
    }

    /** A page of gates as it is sent, from rows that are ready to be. */
    static byte[] page(String asOf, int total, List<Overview.Row> rows) {
        ByteArrayOutputStream page = new ByteArrayOutputStream(100 + 320 * rows.size());
        page.writeBytes(
                ("{\"asOf\":\"" + asOf + "\",\"total\":" + total + ",\"gates\":[").getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < rows.size(); i++) {
            if (i > 0) {
                page.write(',');
            }
            page.writeBytes(rows.get(i).json);
        }
        page.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
        return page.toByteArray();
    }

    private Reply gate(Request request) {
        String name = request.path("gate");
        GateDescription about = gates.describe(name).orElseThrow(() -> unknown(name));
        GateDescription inForce = about.under(overview.shown(about.kills()));
        Overview.Row row = overview.current().byName().get(name);
        if (row == null) {
            overview.changed(name); // it was declared a moment ago
            row = overview.current().byName().get(name);
        }
        if (row == null) {
            throw unknown(name);
        }
        ModelGate<?, ?> gate = standalone ? null : find(name).orElse(null);
        Traffic.Figures figures = gate == null ? null : traffic.of(name);
        return Reply.json(new GateView(
                row.summary,
                versions(inForce, gate),
                about.attributes(),
                gate == null ? List.of() : gate.rungs(),
                KillView.of(about.kills()),
                figures == null ? null : figures.shares(),
                figures == null ? null : figures.causes(),
                gate == null ? null : Totals.of(gate.stats())));
    }

    private static List<VersionView> versions(GateDescription about, @Nullable ModelGate<?, ?> gate) {
        List<VersionView> versions = new ArrayList<>();
        for (String id : about.versions()) {
            ModelVersion version = gate == null ? null : gate.version(id);
            versions.add(new VersionView(
                    id,
                    gate != null && gate.registered(id),
                    about.live(id),
                    version == null ? null : version.breaker().map(Enum::name).orElse(null),
                    version == null ? 0 : version.inFlight(),
                    version == null ? 0 : version.overdue()));
        }
        return versions;
    }

    /**
     * The gate of this process with a name.
     *
     * @throws Problem 404 if it has none
     */
    ModelGate<?, ?> here(String name) {
        return find(name)
                .orElseThrow(() -> gates.describe(name).isEmpty()
                        ? unknown(name)
                        : Problem.notFound(
                                "gate \"" + name + "\" is served by other processes: ask their console, or one on the"
                                        + " control log"));
    }

    private Optional<ModelGate<?, ?>> find(String name) {
        return gates.gates().stream()
                .filter(gate -> gate.name().equals(name))
                .<ModelGate<?, ?>>map(gate -> gate)
                .findFirst();
    }

    private static Problem unknown(String name) {
        return Problem.notFound(
                "gate \"" + (name.length() > 100 ? name.substring(0, 100) + "…" : name) + "\" is unknown");
    }
}
