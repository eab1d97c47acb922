package io.modelgate.examples.credit;

import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.CLOSED;

import io.modelgate.Actor;
import io.modelgate.GateEvent;
import io.modelgate.Kill;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.Ticker;
import io.modelgate.control.ControlLog.Subscription;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.RolloutEvent;
import io.modelgate.rollout.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The demo from training to revive, told while it happens. For use by one thread. */
final class Story {

    /** Of the split and of the resampling. */
    static final long SEED = 1;

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration OUTAGE = Duration.ofMillis(1_200);
    private static final Actor ALICE = Actor.of("alice");
    private static final Ticker TICKER = Ticker.system();

    private final Page page;
    private final Path log;
    private final CreditData data = CreditData.split(SEED);
    private final Traffic traffic;
    private final Books books;
    private final Backend a = new Backend("cpu-a");
    private final Backend b = new Backend("cpu-b");
    private @Nullable Models models;
    private volatile @Nullable RolloutEvent told;

    /** A story for so many callers, with its control log in this file. */
    Story(Page page, Path log, int callers) {
        this.page = page;
        this.log = log;
        traffic = new Traffic(data.heldOut(), callers, 4, SEED);
        books = new Books(traffic.tapes());
    }

    /** Plays it and returns its books. */
    Books play() {
        Models models = train();
        this.models = models;
        GateKill kill;
        try (Service service = Service.start(log, models, a, b)) {
            canary(service);
            skew(service, models);
            outage(service);
            kill = killFromSecondProcess(service);
            books.closing(service.credit(), "v1", "v2", "v3");
        }
        restart();
        try (Service service = Service.start(log, models, a, b)) {
            revive(service, kill);
            books.closing(service.credit(), "v1", "v2");
        }
        return books;
    }

    /** After it was played: the models that it trained. */
    Models models() {
        if (models == null) {
            throw new IllegalStateException("the story was not played");
        }
        return models;
    }

    /** The applications that callers ask about. */
    List<Application> heldOut() {
        return data.heldOut();
    }

    private Models train() {
        page.chapter("Training on real applications");
        page.line(
                "%,d to train on, %,d held out; of these %.0f %% ended badly",
                data.training().size(),
                data.heldOut().size(),
                100.0
                        * data.heldOut().stream().filter(Application::bad).count()
                        / data.heldOut().size());
        Models models = Models.train(data);
        page.line("v1  logistic regression, by Tribuo   AUC %.3f", models.v1().auc(data.heldOut()));
        page.line(
                "v2  boosted trees, by XGBoost        AUC %.3f",
                models.v2().trees().auc(data.heldOut()));
        models.v2().obstacle().ifPresent(obstacle -> {
            page.line("    XGBoost cannot run on this machine: %s", obstacle);
            page.line("    So v2 is the model that it trained on the same applications elsewhere.");
            page.line("    On Linux it needs libgomp.so.1 and libstdc++.so.6 (Debian: libgomp1, libstdc++6).");
        });
        page.line("approve when the probability of a bad end is below %.3f", Decision.THRESHOLD);
        page.line(
                "error cost: %d for a bad loan approved, 1 for a good one refused; per application",
                Decision.COST_OF_BAD);
        page.line(
                "traffic: %,d callers with distinct keys; each asks about a held-out application, resampled",
                traffic.callers());
        return models;
    }

    private void canary(Service service) {
        page.chapter("v1 is stable; v2 gets its callers by a policy, as the evidence allows");
        ModelGate<Applicant, Decision> credit = service.credit();
        Traffic.Run run = traffic.endless(credit);
        try (Subscription events = service.rollouts().onEvent(this::tell)) {
            roll(service, "v2", "canary of v2");
            until("v2 to be promoted", () -> stage(service) == Stage.SOAK);
            page.line("who gets v1 still is the control arm: 5 %% of the callers, until the soak is over");
            until("the soak of v2", () -> told instanceof RolloutEvent.Completed);
        }
        page.answersHead();
        page.answers(end(run));
    }

    private void skew(Service service, Models models) {
        page.chapter("v3 by the same policy, with an error in its serving code");
        page.line("it has the trees of v2, trained on the income per month, and is served the income per week");
        ModelGate<Applicant, Decision> credit = service.credit();
        credit.register("v3", b.run("v3", models.v3()), v -> v.backend(b.name()));
        long start = TICKER.read();
        Traffic.Run run = traffic.endless(credit);
        Duration took;
        try (Subscription events = service.rollouts().onEvent(this::tell)) {
            roll(service, "v3", "canary of v3, new serving code");
            until("v3 to be aborted", () -> told instanceof RolloutEvent.Aborted);
            took = Duration.ofNanos(TICKER.read() - start);
        }
        double callsPerSecond = run.tally().asked() / (took.toNanos() / 1e9);
        page.line("no exception, no timeout, plausible scores: the approvals gave it away, the error cost confirms it");
        Tally tally = end(run);
        page.answersHead();
        tally.of("v3").ifPresent(answers -> page.answers("v3, until it was aborted", answers));
        tally.of("v2").ifPresent(answers -> page.answers("v2, stable, meanwhile", answers));
        int[] served = traffic.reachedBy("v3");
        books.servedByAborted(served.length);
        require(
                tally.fellBack().isEmpty(),
                "a version did not answer, and what the peers' rules do is no longer plain");
        peers(served.length, callsPerSecond);
        Tally again = end(traffic.once(credit, served));
        page.line(
                "v3 answered %,d callers. They ask again: stable answers %,d, v3 answers %,d",
                served.length,
                again.of("v2").map(Tally.Answers::calls).orElse(0L),
                again.of("v3").map(Tally.Answers::calls).orElse(0L));
        store(credit.version("v3").kill(ALICE, "wrong income in its serving code"));
        books.versionKilled("v3", TICKER.read());
        page.line("alice kills v3 too: nobody starts it again by mistake");
    }

    private static void roll(Service service, String version, String reason) {
        Rollout rollout = service.rollouts().start(service.credit(), version, CreditGate.POLICY, ALICE, reason);
        require(rollout.stored(PATIENCE), "the start of the rollout of " + version + " is not stored");
    }

    private static Stage stage(Service service) {
        return service.rollouts().status(service.credit()).orElseThrow().stage();
    }

    private void tell(RolloutEvent event) {
        if (event instanceof RolloutEvent.Started started) {
            page.line("step 1: %s of the callers", started.weight());
        } else if (event instanceof RolloutEvent.Stepped stepped) {
            page.line("step %d: %s of the callers", stepped.step() + 1, stepped.weight());
        } else if (event instanceof RolloutEvent.Promoted promoted) {
            page.line("%s is promoted:", promoted.version());
            page.quote(promoted.reason().replace("; approved", "\napproved"));
        } else if (event instanceof RolloutEvent.Aborted aborted) {
            page.line("%s is aborted:", aborted.candidate());
            page.quote(aborted.reason());
        } else if (event instanceof RolloutEvent.Completed) {
            page.line("the soak is over: everyone gets the promoted version");
        }
        told = event; // last: whoever waits for it finds it on the page
    }

    /** What the peers' example rules would have done with v3, on this traffic. Every call to it is answered, so their checks pass. */
    private void peers(long reached, double callsPerSecond) {
        page.line("");
        page.line("%-50s %,10d applicants", "v3 reached, until this policy aborted it", reached);
        for (Peers peer : List.of(Peers.FLAGGER, Peers.ARGO)) {
            long through = Math.round(peer.letThrough(callsPerSecond));
            page.line(
                    "%-50s %,10d applications, and then v3 is promoted",
                    "by the example rule of " + peer.name() + ", in its ramp", through);
        }
        page.line(
                "that rule asks whether calls succeed, and all of v3's do; its ramp takes its own time at %,.0f calls/s",
                callsPerSecond);
        page.line("");
    }

    private void outage(Service service) {
        page.chapter("v1 is stable again, and its backend fails");
        ModelGate<Applicant, Decision> credit = service.credit();
        store(credit.version("v1").promote(ALICE, "the regulator asks for a model that can be explained"));
        page.line("alice promotes v1; v2 is the previous version, on another backend");
        Traffic.Run run = traffic.endless(credit);
        let(run, traffic.callers() / 20);
        CountDownLatch closed = new CountDownLatch(1);
        try (Subscription breakers = service.gates().onEvent(event -> tell(event, closed))) {
            a.fail();
            page.line("backend %s fails", a.name());
            long failedAt = TICKER.read();
            until("the outage to last", () -> TICKER.read() - failedAt > OUTAGE.toNanos());
            a.heal();
            page.line("backend %s is well again", a.name());
            until("the breaker to close", () -> closed.getCount() == 0);
            let(run, traffic.callers() / 20);
        }
        Tally tally = end(run);
        page.answersHead();
        page.answers(tally);
        page.line("causes: %s", tally.byCause());
    }

    private void tell(GateEvent event, CountDownLatch closed) {
        if (event instanceof GateEvent.BreakerChanged change) {
            page.line("breaker of %s: %s → %s", change.version(), change.from(), change.to());
            if (change.to() == CLOSED) {
                closed.countDown();
            }
        }
    }

    /**
     * A kill of the whole gate.
     *
     * @param id the kill's id
     * @param inForce when this process was seen to have it in force, in ticks
     */
    private record GateKill(String id, long inForce) {}

    private GateKill killFromSecondProcess(Service service) {
        page.chapter("The whole gate is killed, from a second process");
        ModelGate<Applicant, Decision> credit = service.credit();
        Traffic.Run run = traffic.endless(credit);
        let(run, traffic.callers() / 20);
        Instant instant = service.gates().now();
        long tick = TICKER.read();
        command("kill", CreditGate.NAME, "--reason", "complaints about refusals");
        until("the kill to arrive", () -> !credit.live());
        long inForce = TICKER.read();
        let(run, traffic.callers() / 4);
        Tally tally = end(run);
        Kill kill = service.gates().kills().stream()
                .filter(engaged -> engaged.scope().version() == null)
                .findFirst()
                .orElseThrow();
        long decided = tick + Duration.between(instant, kill.at()).toNanos();
        page.line("the last model was started %,d ms after that decision", books.millisToLastInvocation(decided));
        page.line("before and after:");
        page.answersHead();
        page.answers(tally);
        return new GateKill(kill.id(), inForce);
    }

    private void restart() {
        page.chapter("A restart: the service stops, and a new process starts on the same control log");
        Processes.Ended restarted = Processes.java(Restarted.class, log.toString());
        page.quote(restarted.output());
        require(restarted.exitCode() == 0, "the restarted service was not killed before its first call");
        page.line("it came back killed: a restart releases nothing");
    }

    private void revive(Service service, GateKill kill) {
        page.chapter("The service starts here again, killed too, and is revived");
        ModelGate<Applicant, Decision> credit = service.credit();
        require(!credit.live(), "the gate started live although it is killed");
        Traffic.Run run = traffic.endless(credit);
        let(run, traffic.callers() / 10);
        long revived = TICKER.read();
        command("revive", kill.id(), "--reason", "letters to applicants corrected");
        until("the revive to arrive", credit::live);
        let(run, traffic.callers() / 4);
        Tally tally = end(run);
        books.gateKilled(kill.inForce(), revived);
        page.line("normal service; before and after:");
        page.answersHead();
        page.answers(tally);
    }

    private void command(String... words) {
        page.line(
                "$ ./modelgate %s",
                Stream.of(words)
                        .map(word -> word.contains(" ") ? "\"" + word + "\"" : word)
                        .collect(Collectors.joining(" ")));
        Processes.Ended ended = Processes.modelgate(log, words);
        page.quote(ended.output());
        require(ended.exitCode() == 0, "modelgate " + words[0] + " ended with exit code " + ended.exitCode());
    }

    private Tally end(Traffic.Run run) {
        Tally tally = run.end();
        books.callers().add(tally);
        return tally;
    }

    /** Lets a run go on for so many more calls. */
    private static void let(Traffic.Run run, long more) {
        long enough = run.tally().asked() + more;
        until("calls", () -> run.tally().asked() >= enough);
    }

    private static void store(Receipt receipt) {
        require(receipt.stored(PATIENCE), "decision " + receipt.id() + " is not stored");
    }

    private static void require(boolean held, String otherwise) {
        if (!held) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        long start = TICKER.read();
        while (!condition.getAsBoolean()) {
            require(TICKER.read() - start < PATIENCE.toNanos(), "waited " + PATIENCE.toSeconds() + " s for " + what);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
        }
    }
}
