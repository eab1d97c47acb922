package io.modelgate.examples.credit;

import static io.github.resilience4j.circuitbreaker.CircuitBreaker.State.CLOSED;

import io.modelgate.Actor;
import io.modelgate.GateEvent;
import io.modelgate.Kill;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Receipt;
import io.modelgate.Ticker;
import io.modelgate.control.ControlLog.Subscription;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Weight;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
        GateKill kill;
        try (Service service = Service.start(log, models, a, b)) {
            canary(service.credit());
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

    private void canary(ModelGate<Applicant, Decision> credit) {
        page.chapter("v1 is stable; v2 as a canary, 1 → 5 → 25 % of the callers");
        Rollout canary = Rollout.start(credit, "v2", r -> {}, ALICE, "canary of v2");
        require(canary.stored(PATIENCE), "the start of the rollout is not stored");
        int[] before = {};
        for (int percent : new int[] {1, 5, 25}) {
            store(canary.weight(Weight.percent(percent), ALICE, "step to " + percent + " %"));
            Tally tally = end(traffic.once(credit));
            int[] now = traffic.lastAnsweredBy("v2");
            page.line("weight %d %%", percent);
            page.answersHead();
            page.answers(tally);
            if (before.length > 0) {
                page.line("of the %,d callers on v2 before, %,d still are", before.length, common(before, now));
            }
            before = now;
        }
        store(credit.version("v2").promote(ALICE, "as good as v1"));
        page.line("alice promotes v2: it is stable now, and v1 is the previous version");
    }

    private static long common(int[] some, int[] others) {
        return IntStream.of(some)
                .filter(caller -> Arrays.binarySearch(others, caller) >= 0)
                .count();
    }

    private void skew(Service service, Models models) {
        page.chapter("v3 as a canary, 10 %, with an error in its serving code");
        page.line("it has the trees of v2, trained on the income per month, and is served the income per week");
        ModelGate<Applicant, Decision> credit = service.credit();
        credit.register("v3", b.run("v3", models.v3()), v -> v.backend(b.name()));
        Rollout canary =
                Rollout.start(credit, "v3", r -> r.weight(Weight.percent(10)), ALICE, "canary of v3, new serving code");
        require(canary.stored(PATIENCE), "the start of the rollout is not stored");
        Traffic.Run run = traffic.once(credit);
        long enough = traffic.callers() / 50;
        until("v3 to stand out", () -> !run.running() || apart(run.tally(), enough));
        KillReceipt kill = credit.version("v3").kill(Actor.of("approval-watch"), "v3 approves far less than stable");
        books.versionKilled("v3", TICKER.read());
        page.line(
                "no exception, no timeout, plausible scores: the approval rate gives it away, the error cost confirms it");
        page.answersHead();
        run.tally().of("v3").ifPresent(answers -> page.answers("v3, when it was killed", answers));
        run.tally().of("v2").ifPresent(answers -> page.answers("v2, stable, then", answers));
        require(kill.stored(PATIENCE), "the kill of v3 is not stored");
        Tally tally = end(run);
        tally.of("v3").ifPresent(answers -> page.answers("v3, after all callers", answers));
        tally.of("v2").ifPresent(answers -> page.answers("v2, after all callers", answers));
        int[] served = traffic.lastAnsweredBy("v3");
        books.servedByKilled(served.length);
        Tally again = end(traffic.once(credit, served));
        page.line(
                "v3 answered %,d callers. They ask again: stable answers %,d, v3 answers %,d",
                served.length,
                again.of("v2").map(Tally.Answers::calls).orElse(0L),
                again.of("v3").map(Tally.Answers::calls).orElse(0L));
    }

    /** Whether the approval rates of v3 and stable are 10 points apart, over enough answers. */
    private static boolean apart(Tally tally, long enough) {
        return tally.of("v3")
                .filter(v3 -> v3.calls() >= enough)
                .flatMap(v3 -> tally.of("v2").map(v2 -> Math.abs(v3.approvalRate() - v2.approvalRate()) >= 0.1))
                .orElse(false);
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
