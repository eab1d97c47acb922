package io.modelgate.examples.fleet;

import io.modelgate.Actor;
import io.modelgate.Confirmation;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.Scope;
import io.modelgate.Ticker;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** What happens to the fleet, and what is shown of it. For use by one thread. */
final class Story {

    private static final Actor OPERATOR = Actor.of("operator");
    private static final Scope SCOPE = Scope.gate(ServingProcess.GATE);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long BETWEEN_LOOKS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Page page;
    private final Ticker ticker = Ticker.system();
    private final int processes;
    private final String uri;
    private final String log;
    private final Path directory;

    /** The demo's own, null if the Redis is somebody else's. */
    private final @Nullable RedisServer server;

    Story(Page page, int processes, String uri, String log, Path directory, @Nullable RedisServer server) {
        this.page = page;
        this.processes = processes;
        this.uri = uri;
        this.log = log;
        this.directory = directory;
        this.server = server;
    }

    /**
     * Tells it.
     *
     * @throws IllegalStateException if it cannot go on
     */
    Summary play() {
        page.chapter("The fleet");
        Path own = own("operator");
        try (Fleet fleet = Fleet.start(processes, uri, log, directory, pid());
                Gates gates = Gates.open(g -> g.controlLog(FleetLog.open(uri, log, own, "operator")));
                Backend redis = Backend.connect(uri)) {
            Duration roundTrip = show(fleet, redis);
            rehearse(fleet, gates);
            Act kill = kill(fleet, gates, roundTrip);
            Summary.Outage outage = null;
            if (server != null) {
                revive(fleet, gates);
                outage = outage(fleet, gates, server);
            }
            if (server == null) {
                fleet.close();
                gates.close();
                redis.remove(log);
            }
            return new Summary(processes, roundTrip, kill, outage);
        }
    }

    /** The process of the demo's own Redis, 0 if it has none. */
    private long pid() {
        return server == null
                ? 0
                : String.valueOf(server.command("INFO", "server"))
                        .lines()
                        .filter(line -> line.startsWith("process_id:"))
                        .mapToLong(line -> Long.parseLong(
                                line.substring("process_id:".length()).strip()))
                        .findFirst()
                        .orElse(0);
    }

    private Path own(String name) {
        try {
            return Files.createDirectories(directory.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("no directory for " + name, e);
        }
    }

    private Duration show(Fleet fleet, Backend redis) {
        fleet.awaitAnswers(fleet.counts());
        fleet.counts()
                .forEach((member, counts) -> page.line(
                        "%-10s process %-8d serves: v1 has answered %,d calls",
                        member.name(), member.pid(), counts.answered()));
        Duration roundTrip = redis.roundTrip(ticker);
        page.line("");
        page.line(
                "one control log, %s, on Redis %s; a PING there and back takes %s",
                log, redis.info("redis_version"), Page.millis(roundTrip));
        return roundTrip;
    }

    /** The first kill of a JVM loads classes: what is timed is not to be that. */
    private void rehearse(Fleet fleet, Gates gates) {
        KillReceipt rehearsal = gates.kill(SCOPE, OPERATOR, "a rehearsal");
        if (!rehearsal.confirmed(PATIENCE).complete()) {
            throw new IllegalStateException("not every process has confirmed the rehearsal");
        }
        revive(fleet, gates);
        Member.Killed there = fleet.members().get(0).kill("a rehearsal");
        if (!confirmed(gates, fleet, there.id()).complete()) {
            throw new IllegalStateException("not every process has confirmed the rehearsal of " + there.id());
        }
        revive(fleet, gates);
        page.line("kills were rehearsed and revived, so that their classes are loaded");
    }

    private Act kill(Fleet fleet, Gates gates, Duration roundTrip) {
        page.chapter("The model goes wrong: one kill");
        page.line(
                "gates.kill(Scope.gate(\"%s\"), …), which is, on any machine that reaches the Redis:",
                ServingProcess.GATE);
        page.line("%s", command());
        page.line("");
        Map<Member, Counts> before = fleet.counts();
        long began = ticker.read();
        KillReceipt receipt = gates.kill(SCOPE, OPERATOR, "approval rate fell");
        Confirmation confirmation = receipt.confirmed(PATIENCE);
        Duration told = Duration.ofNanos(ticker.read() - began);
        Act act = act(fleet, receipt.id(), began, before, confirmation, told);
        table(act);
        page.line("");
        page.line("from the kill to the last confirmation     %12s", Page.millis(act.lastConfirmation()));
        page.line("from the kill to the last model call       %12s", Page.millis(act.lastStop()));
        page.line("from the kill to the receipt's word        %12s", Page.millis(act.told()));
        page.line("a round trip to this Redis                 %12s", Page.millis(roundTrip));
        return act;
    }

    private String command() {
        String shown = server == null ? "\"$REDIS_URI\"" : uri;
        return "./modelgate --redis " + shown + " --name " + log + " kill " + ServingProcess.GATE
                + " --reason \"approval rate fell\"";
    }

    private static Act act(
            Fleet fleet,
            String kill,
            long since,
            Map<Member, Counts> before,
            Confirmation confirmation,
            Duration told) {
        return new Act(
                fleet.outcome(kill, since, before),
                Act.names(confirmation.confirmed()),
                Act.names(confirmation.pending()),
                Act.names(confirmation.silent()),
                confirmation.complete(),
                told);
    }

    private void table(Act act) {
        page.line("%-10s %12s   %-25s %s", "", "confirmed", "calls begun since then", "what callers got instead");
        for (Act.Confirmed member : act.members()) {
            page.line(
                    "%-10s %12s   %5d reached the model     %,d × %s",
                    member.name(),
                    Page.millis(member.after()),
                    member.counts().startedAfterStop(),
                    member.counts().safe(),
                    Decision.REFER_TO_HUMAN);
        }
        page.line("");
        page.line(
                "the receipt: %d confirmed, %d pending, %d silent: %s",
                act.confirmed().size(),
                act.pending().size(),
                act.silent().size(),
                act.complete() ? "off everywhere" : "NOT off everywhere as far as is known");
        act.pending().forEach(name -> page.line("pending: %s lives and has not confirmed", name));
        act.silent().forEach(name -> page.line("silent: %s was not heard of lately", name));
    }

    private void revive(Fleet fleet, Gates gates) {
        String kill = gates.kills().get(0).id();
        if (!gates.revive(kill, OPERATOR, "the features are right again").stored(PATIENCE)) {
            throw new IllegalStateException("the revive of " + kill + " is not stored");
        }
        fleet.awaitAnswers(fleet.counts());
    }

    private Summary.Outage outage(Fleet fleet, Gates gates, RedisServer redis) {
        page.chapter("Revived; then Redis dies, and the model goes wrong again");
        redis.kill();
        Map<Member, Counts> before = fleet.counts();
        Member first = fleet.members().get(0);
        page.line("Redis is killed with signal 9; %s kills its gate all the same", first.name());
        Member.Killed kill = first.kill("approval rate fell again");
        Duration inForce = Duration.ofNanos(kill.inForce() - kill.began());
        page.line(
                "%-10s in force there after %s; %s",
                first.name(), Page.millis(inForce), kill.stored() ? "STORED?" : "not stored yet");
        fleet.awaitAnswers(Map.copyOf(others(fleet, first)));
        page.line("the others serve on in the state they had; they know that it is %d ms old", stalest(fleet));
        redis.start();
        long returned = ticker.read();
        fleet.guard(pid());
        Confirmation confirmation = confirmed(gates, fleet, kill.id());
        Duration told = Duration.ofNanos(ticker.read() - returned);
        Act act = act(fleet, kill.id(), returned, before, confirmation, told);
        page.line("");
        page.line("Redis is back. From when it answered a PING:");
        table(act);
        page.line("");
        page.line("from its return to the last confirmation   %12s", Page.millis(act.lastConfirmation()));
        return new Summary.Outage(inForce, act);
    }

    private static Map<Member, Counts> others(Fleet fleet, Member first) {
        Map<Member, Counts> others = fleet.counts();
        others.remove(first);
        return others;
    }

    private static long stalest(Fleet fleet) {
        return fleet.counts().values().stream()
                .mapToLong(Counts::staleMillis)
                .max()
                .orElse(0);
    }

    /** What the receipt says in the end; it does not wait for who is silent, as all may be who could not reach Redis for long. */
    private Confirmation confirmed(Gates gates, Fleet fleet, String kill) {
        fleet.members().forEach(member -> member.awaitConfirmed(kill, PATIENCE));
        long began = ticker.read();
        Confirmation now = gates.confirmed(kill, PATIENCE);
        while (!now.complete() && ticker.read() - began < PATIENCE.toNanos()) {
            LockSupport.parkNanos(BETWEEN_LOOKS);
            now = gates.confirmed(kill, PATIENCE);
        }
        return now;
    }
}
