package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.modelgate.Caller;
import io.modelgate.Feedback;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import io.modelgate.testkit.ManualTime;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A rollout is active or closed by the hour, and cohorts never reshuffle. */
@Timeout(60)
class WindowsTest {

    private static final ZoneId ZURICH = ZoneId.of("Europe/Zurich");
    private static final Set<DayOfWeek> WEEK = EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);

    private static void office(PolicyBuilder p) {
        p.window(ZURICH, WEEK, LocalTime.of(9, 0), LocalTime.of(17, 0));
    }

    /** 11:00 in Zurich on a Monday to begin with; the windows end at 16:00 UTC. */
    private static Rollout start(Rig rig, String candidate) {
        return rig.start(candidate, Rig.policy(p -> {
            office(p);
            p.step(Weight.percent(10), Duration.ofHours(8), 100).step(Weight.percent(50), Duration.ofHours(8), 100);
        }));
    }

    private static Set<Integer> cohort(ModelGate<?, ?> gate) {
        Set<Integer> cohort = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            if (Routings.of(gate).toCandidate(Caller.of("user-" + i))) {
                cohort.add(i);
            }
        }
        return cohort;
    }

    private static void tickAt(Rig rig, String instant) {
        rig.world.time.advance(Duration.between(rig.world.time.instant(), Instant.parse(instant)));
        rig.rollouts.tick();
    }

    @Test
    void outsideItsWindowsNobodyGetsTheCandidateAndWithinThemTheSameCallersAsBefore() {
        try (Rig rig = new Rig()) {
            start(rig, "v2");
            rig.rollouts.tick();
            Set<Integer> before = cohort(rig.gate);
            assertThat(before).hasSizeBetween(140, 260);

            tickAt(rig, "2026-03-02T16:00:00Z");
            assertThat(cohort(rig.gate)).isEmpty();
            assertThat(rig.status().weight()).isEqualTo(Weight.NONE);
            assertThat(rig.heard(RolloutEvent.Window.class))
                    .extracting(RolloutEvent.Window::open)
                    .containsExactly(false);
            rig.rollouts.tick();
            assertThat(rig.status().reason()).contains("outside its windows until 2026-03-03T08:00:00Z");

            tickAt(rig, "2026-03-03T07:59:00Z");
            assertThat(cohort(rig.gate)).isEmpty();
            tickAt(rig, "2026-03-03T08:00:00Z");
            assertThat(cohort(rig.gate)).isEqualTo(before);
            assertThat(rig.heard(RolloutEvent.Window.class))
                    .extracting(RolloutEvent.Window::open)
                    .containsExactly(false, true);
        }
    }

    /** Whom a list sends to the candidate whatever the weight is kept from it as well. */
    @Test
    void outsideItsWindowsNoListSendsAnybodyToTheCandidate() {
        try (Rig rig = new Rig()) {
            rig.rollouts.start(
                    rig.gate,
                    "v2",
                    Rig.read(Rig.policy(p -> {
                        office(p);
                        Rig.steps(p);
                    })),
                    who -> who.allow("alice").force("region", "eu"),
                    Rig.ALICE,
                    "");
            List<Caller> listed = List.of(Caller.of("alice"), Caller.of("bob").with("region", "eu"));
            rig.rollouts.tick();
            assertThat(listed).allMatch(Routings.of(rig.gate)::toCandidate);
            tickAt(rig, "2026-03-02T16:00:00Z");
            assertThat(listed).noneMatch(Routings.of(rig.gate)::toCandidate);
            tickAt(rig, "2026-03-03T08:00:00Z");
            assertThat(listed).allMatch(Routings.of(rig.gate)::toCandidate);
        }
    }

    @Test
    void outsideNobodyIsCountedAndTheEvidenceOfTheStepGoesOnAfterwards() {
        ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
        try (Gates gates = Gates.open(
                        g -> g.ticker(time).instants(time).scheduler(time).eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<String, String> gate = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", input -> "v1")
                            .version("v2", input -> "v2")
                            .router(Cohorts.router()));
            rollouts.start(
                    gate,
                    "v2",
                    RolloutPolicy.of(p -> {
                        p.name("office").step(Weight.percent(50));
                        office(p);
                    }),
                    Rig.ALICE,
                    "");
            calls(gate, 200);
            rollouts.tick();
            StepCounts day = Routings.of(gate).counts();
            assertThat(day.candidate().calls().calls()).isPositive();

            time.advance(Duration.ofHours(6));
            rollouts.tick();
            calls(gate, 200);
            assertThat(calls(Routings.of(gate).counts())).isEqualTo(calls(day));

            time.advance(Duration.ofHours(16));
            rollouts.tick();
            calls(gate, 200);
            StepCounts next = Routings.of(gate).counts();
            assertThat(next.candidate().calls().calls())
                    .isEqualTo(2 * day.candidate().calls().calls());
            assertThat(next.candidate().callers())
                    .as("the same ones")
                    .isEqualTo(day.candidate().callers());
            assertThat(rollouts.status(gate).orElseThrow().step()).isZero();
        }
    }

    @Test
    void labelsThatComeOutsideItsWindowsAreEvidenceAllTheSame() {
        ManualTime time = new ManualTime(Instant.parse("2026-03-02T10:00:00Z"));
        try (Gates gates = Gates.open(
                        g -> g.ticker(time).instants(time).scheduler(time).eventExecutor(Runnable::run));
                Rollouts rollouts = Rollouts.open(gates, RolloutsBuilder::manual)) {
            ModelGate<String, String> gate = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", input -> "v1")
                            .version("v2", input -> "v2")
                            .label("defaulted", 0, 1)
                            .router(Cohorts.router()));
            RolloutPolicy policy = RolloutPolicy.of(p -> {
                p.name("office")
                        .step(Weight.percent(50))
                        .guardrail(Guardrail.mean("defaulted")
                                .higherIsWorse()
                                .worseByPoints(0.1)
                                .unit(Unit.CALL)
                                .requiredForPromotion());
                office(p);
            });
            rollouts.start(gate, "v2", policy, Rig.ALICE, "");
            rollouts.tick();
            List<String> day = IntStream.range(0, 200)
                    .mapToObj(i -> gate.decide("", Caller.of("user-" + i))
                            .id()
                            .orElseThrow()
                            .text())
                    .toList();

            time.advance(Duration.ofHours(12)); // the nightly batch
            rollouts.tick();
            assertThat(cohort(gate)).isEmpty();
            assertThat(day).allSatisfy(id -> assertThat(gate.feedback(id, 0)).isEqualTo(Feedback.JOINED));
            StepCounts night = Routings.of(gate).counts();
            assertThat(night.candidate().calls().values(0).count()).isBetween(70L, 130L);
            assertThat(night.candidate().calls().values(0).count()
                            + night.stable().calls().values(0).count())
                    .isEqualTo(200);

            time.advance(Duration.ofHours(10));
            rollouts.tick();
            assertThat(cohort(gate)).isNotEmpty();
            assertThat(Routings.of(gate).counts().candidate().calls().values(0).count())
                    .isEqualTo(night.candidate().calls().values(0).count());
        }
    }

    private static List<Long> calls(StepCounts counts) {
        return List.of(
                counts.stable().calls().calls(),
                counts.candidate().calls().calls(),
                counts.byRule().calls());
    }

    private static void calls(ModelGate<String, String> gate, int callers) {
        for (int i = 0; i < callers; i++) {
            gate.call("", Caller.of("user-" + i));
        }
    }

    @Test
    void onlyTheTimeWithinWindowsCounts() {
        try (Rig rig = new Rig()) {
            start(rig, "v2");
            rig.minutes(6 * 60 - 1); // until 15:59 UTC
            Duration before = rig.status().inStep();
            assertThat(before).isEqualTo(Duration.ofMinutes(358));
            rig.minutes(16 * 60 + 1); // through the night
            assertThat(rig.status().inStep()).isBetween(before, before.plus(Rig.MINUTE));
            assertThat(rig.status().step()).isZero();
            rig.minutes(2 * 60 + 2);
            assertThat(rig.status().step()).as("eight hours within windows").isEqualTo(1);
            assertThat(rig.entries("rollout-alert")).isEmpty();
        }
    }

    @Test
    void whatWasSeenBeforeTheNightIsNotRecentInTheMorning() {
        try (Rig rig = new Rig()) {
            rig.world.finding = Finding.NOT_WORSE;
            rig.start("v2", Rig.policy(p -> {
                office(p);
                p.step(Weight.percent(10), Duration.ofMinutes(359), 100);
            }));
            rig.minutes(6 * 60 - 1);
            assertThat(rig.stage()).isEqualTo(Stage.CANARY);
            rig.world.flowing = false;
            rig.minutes(16 * 60 + 10);
            assertThat(rig.stage()).as("nobody has called this morning").isEqualTo(Stage.CANARY);
            assertThat(rig.status().reason()).contains("no call of version");
            rig.world.flowing = true;
            rig.minutes(2);
            assertThat(rig.stage()).isEqualTo(Stage.SOAK);
        }
    }

    @Test
    void aClosedWindowCallsNobodyAndAPauseStillDoes() {
        try (Rig rig = new Rig()) {
            start(rig, "v2");
            rig.rollouts.tick();
            rig.minutes(8 * 60);
            assertThat(rig.entries("rollout-alert")).isEmpty();
            rig.rollouts.pause(rig.gate, Rig.ALICE, "let us see");
            rig.minutes(16);
            assertThat(rig.entries("rollout-alert")).hasSize(1);
        }
    }

    @Test
    void aRegressionOrAKillTakesItBackOutsideToo() {
        for (boolean kill : List.of(true, false)) {
            try (Rig rig = new Rig()) {
                start(rig, "v2");
                rig.rollouts.tick();
                tickAt(rig, "2026-03-02T17:00:00Z");
                if (kill) {
                    rig.gate.version("v2").kill(Rig.ALICE, "bad");
                } else {
                    rig.world.finding = Finding.REGRESSED;
                }
                rig.minutes(1);
                assertThat(rig.stage()).isEqualTo(Stage.ABORTED);
                assertThat(cohort(rig.gate)).isEmpty();
            }
        }
    }

    @Test
    void aRolloutStartedOutsideItsWindowsIsADraftUntilOneOpens() {
        try (Rig rig = new Rig()) {
            rig.world.time.advance(Duration.ofHours(10));
            start(rig, "v2");
            rig.rollouts.tick();
            assertThat(rig.stage()).isEqualTo(Stage.DRAFT);
            assertThat(rig.status().reason()).contains("outside its windows until");
            tickAt(rig, "2026-03-03T08:00:00Z");
            assertThat(rig.stage()).isEqualTo(Stage.CANARY);
            assertThat(cohort(rig.gate)).isNotEmpty();
        }
    }

    @Test
    void oncePromotedItIsStableAtAnyHour() {
        try (Rig rig = new Rig()) {
            start(rig, "v2");
            rig.rollouts.tick();
            tickAt(rig, "2026-03-02T16:00:00Z");
            assertThat(cohort(rig.gate)).isEmpty();
            rig.rollouts.promote(rig.gate, Rig.ALICE, "we need it");
            assertThat(rig.stable()).isEqualTo("v2");
            rig.minutes(2);
            assertThat(rig.stage()).isEqualTo(Stage.SOAK);
            assertThat(rig.entries("rollout-window")).hasSize(1);
            assertThat(cohort(rig.gate)).as("held back").hasSizeBetween(60, 140);
        }
    }

    /** The clocks of Zurich go on an hour on 29 March 2026. */
    @Test
    void aWindowIsByTheClocksOfItsZoneWhenTheyChange() {
        try (Rig rig = new Rig()) {
            start(rig, "v2");
            rig.rollouts.tick();
            tickAt(rig, "2026-03-27T15:59:00Z");
            assertThat(cohort(rig.gate)).isNotEmpty();
            tickAt(rig, "2026-03-27T16:00:00Z");
            assertThat(cohort(rig.gate)).isEmpty();
            tickAt(rig, "2026-03-30T06:59:00Z");
            assertThat(cohort(rig.gate)).isEmpty();
            tickAt(rig, "2026-03-30T07:00:00Z");
            assertThat(cohort(rig.gate)).isNotEmpty();
            tickAt(rig, "2026-03-30T15:00:00Z");
            assertThat(cohort(rig.gate)).isEmpty();
        }
    }

    @Test
    void overAnyHoursAndStepsWhoHasTheCandidateKeepsIt() {
        for (long seed = 1; seed <= 5; seed++) {
            Random random = new Random(seed);
            try (Rig rig = new Rig()) {
                start(rig, "v2");
                Set<Integer> most = new HashSet<>();
                int closed = 0;
                for (int i = 0; i < 150; i++) {
                    rig.world.time.advance(Duration.ofMinutes(1 + random.nextInt(120)));
                    rig.rollouts.tick();
                    Set<Integer> now = cohort(rig.gate);
                    if (now.isEmpty()) {
                        closed++;
                    } else {
                        assertThat(now).as("seed %d", seed).containsAll(most);
                        most = now;
                    }
                }
                assertThat(closed).isBetween(50, 149);
                assertThat(rig.status().step()).isEqualTo(1);
            }
        }
    }

    @Test
    void theOthersFollowWhoeverClosesTheWindowAndSoDoesTheNextProcess(@TempDir Path directory) {
        Path file = directory.resolve("modelgate.log");
        Set<Integer> before;
        try (Rig one = new Rig(new Rig.World(FileControlLog.open(file)), r -> {})) {
            start(one, "v2").stored(Duration.ofSeconds(5));
            one.rollouts.tick();
            before = cohort(one.gate);
        }
        Rig.World night = new Rig.World(FileControlLog.open(file));
        night.time.advance(Duration.ofHours(8));
        try (Rig two = new Rig(night, r -> {})) {
            assertThat(cohort(two.gate)).as("nobody was there to close it").isEqualTo(before);
            two.rollouts.tick();
            assertThat(cohort(two.gate)).isEmpty();
        }
        Rig.World morning = new Rig.World(FileControlLog.open(file));
        morning.time.advance(Duration.ofHours(23));
        try (Rig three = new Rig(morning, r -> {})) {
            assertThat(cohort(three.gate)).isEmpty();
            three.rollouts.tick();
            assertThat(cohort(three.gate)).isEqualTo(before);
        }
    }

    /** A clock that was set wrong and is right again has closed it at a time that is yet to come. */
    @Test
    void aClockThatWasAWeekAheadClosesItForAMinute() {
        Rig.World world = new Rig.World();
        try (Rig rig = new Rig(world, r -> {})) {
            start(rig, "v2");
            rig.rollouts.tick();
            Set<Integer> before = cohort(rig.gate);
            ManualTime ahead = new ManualTime(world.time.instant().plus(Duration.ofHours(7 * 24 + 8)));
            try (Other other = Other.on(world, ahead)) {
                other.rollouts().tick();
            }
            assertThat(cohort(rig.gate)).isEmpty();

            rig.rollouts.tick();
            world.time.advance(Duration.ofSeconds(59));
            rig.rollouts.tick();
            assertThat(cohort(rig.gate)).isEmpty();
            world.time.advance(Duration.ofSeconds(1));
            rig.rollouts.tick();
            assertThat(cohort(rig.gate)).isEqualTo(before).isNotEmpty();
            tickAt(rig, "2026-03-02T16:00:00Z");
            assertThat(cohort(rig.gate)).isEmpty();
            tickAt(rig, "2026-03-03T08:00:00Z");
            assertThat(cohort(rig.gate)).isEqualTo(before);
        }
    }

    /** It takes the closing for one by a clock that is ahead, and opens it; the one whose clock is right closes it again. */
    @Test
    void aClockThatIsBehindOpensItSeldomerAndSeldomer() {
        Rig.World world = new Rig.World();
        try (Rig rig = new Rig(world, r -> {})) {
            start(rig, "v2");
            ManualTime behind = new ManualTime(world.time.instant().minus(Duration.ofHours(1)));
            try (Other other = Other.on(world, behind)) {
                int opened = 0;
                for (Instant closes = Instant.parse("2026-03-02T16:00:00Z");
                        world.time.instant().isBefore(closes.plus(Duration.ofMinutes(59)));
                        world.time.advance(Duration.ofSeconds(10))) {
                    behind.advance(Duration.ofSeconds(10));
                    rig.rollouts.tick();
                    other.rollouts().tick();
                    if (world.time.instant().isAfter(closes)
                            && !cohort(rig.gate).isEmpty()) {
                        opened++;
                    }
                }
                assertThat(opened).isBetween(2, 6); // after 1, 2, 4, 8, 16 minutes
            }
        }
    }

    /** Another process with the same gate, by a clock of its own. */
    private record Other(Gates gates, Rollouts rollouts) implements AutoCloseable {
        static Other on(Rig.World world, ManualTime time) {
            Gates gates = Gates.open(g -> g.controlLog(new ForwardingControlLog(world.log) {
                        @Override
                        public void close() {} // it is the first one's too
                    })
                    .ticker(time)
                    .instants(time)
                    .scheduler(time)
                    .eventExecutor(Runnable::run));
            Rollouts rollouts = Rollouts.open(
                    gates,
                    r -> r.manual()
                            .instance("other")
                            .guardrailTest("quality", (counts, share, alpha) -> Finding.INCONCLUSIVE));
            gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", input -> "v1")
                            .version("v2", input -> "v2")
                            .attributes("region")
                            .router(Cohorts.router()));
            return new Other(gates, rollouts);
        }

        @Override
        public void close() {
            rollouts.close();
            gates.close();
        }
    }

    /** Two processes whose clocks differ would open and close it in turn otherwise. */
    @Test
    void clocksThatDifferDoNotFlap() {
        ManualTime late = new ManualTime(Instant.parse("2026-03-02T09:59:30Z"));
        Rig.World world = new Rig.World();
        try (Rig rig = new Rig(world, r -> {});
                Other other = Other.on(world, late)) {
            start(rig, "v2");
            for (int second = 0; second < 24 * 3_600; second += 10) {
                world.time.advance(Duration.ofSeconds(10));
                late.advance(Duration.ofSeconds(10));
                rig.rollouts.tick();
                other.rollouts().tick();
            }
            assertThat(rig.entries("rollout-window")).hasSizeBetween(2, 4);
            assertThat(cohort(rig.gate)).isNotEmpty();
        }
    }

    /** A log that takes nothing while it is full, and keeps who appends waiting while it hangs. */
    private static final class Unwilling extends ForwardingControlLog {
        final AtomicBoolean full = new AtomicBoolean();
        final CountDownLatch asked = new CountDownLatch(1);
        volatile @Nullable CountDownLatch hangs;

        Unwilling() {
            super(new MemoryControlLog());
        }

        @Override
        public List<Entry> append(List<Decision> decisions) {
            requireRoom();
            return super.append(decisions);
        }

        @Override
        public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
            CountDownLatch until = hangs;
            if (until != null) {
                asked.countDown();
                await(until);
            }
            requireRoom();
            return super.appendIf(expectedSeq, decision);
        }

        private void requireRoom() {
            if (full.get()) {
                throw new ControlLogException("the log's disk is full");
            }
        }

        static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** Who gets v2 in this process, whatever the log says. */
    private static Set<Integer> served(ModelGate<?, ?> gate) {
        Set<Integer> served = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            if (gate.versionFor(Caller.of("user-" + i)).equals(Optional.of("v2"))) {
                served.add(i);
            }
        }
        return served;
    }

    @Test
    void outsideItsWindowsNobodyGetsTheCandidateThoughTheLogTakesNoEntry() {
        Unwilling log = new Unwilling();
        try (Rig rig = new Rig(new Rig.World(log), r -> {})) {
            start(rig, "v2");
            rig.minutes(2);
            Set<Integer> before = served(rig.gate);
            assertThat(before).isEqualTo(cohort(rig.gate)).isNotEmpty();
            log.full.set(true);
            tickAt(rig, "2026-03-02T16:00:00Z");
            assertThat(served(rig.gate)).isEmpty();
            assertThat(rig.status().weight()).isEqualTo(Weight.NONE);
            assertThat(rig.status().reason())
                    .contains(
                            "outside its windows until 2026-03-03T08:00:00Z", "kept from the callers of this process");
            assertThat(rig.heard(RolloutEvent.Hindered.class))
                    .singleElement()
                    .satisfies(each -> assertThat(each.reason())
                            .contains(
                                    "version \"v2\" is outside its windows until",
                                    "cannot be stored: the log's disk is full",
                                    "callers of this process get stable all the same"));
            for (int second = 0; second < 60; second++) {
                rig.world.time.advance(Duration.ofSeconds(1));
                rig.rollouts.tick();
                assertThat(served(rig.gate)).isEmpty();
            }
            assertThat(rig.heard(RolloutEvent.Hindered.class))
                    .as("not at every look")
                    .hasSize(1);
            assertThat(rig.entries("rollout-window")).isEmpty();
            log.full.set(false);
            rig.minutes(1);
            assertThat(rig.entries("rollout-window")).hasSize(1);
            assertThat(cohort(rig.gate)).isEmpty();
            assertThat(served(rig.gate)).isEmpty();
            assertThat(rig.status().reason()).doesNotContain("kept from the callers");
            tickAt(rig, "2026-03-03T08:00:00Z");
            assertThat(served(rig.gate)).isEqualTo(before);
        }
    }

    @Test
    void aWindowThatOpensAgainBeforeTheLogTakesAnythingFindsTheSameCallersAndTheNightCountsForNothing() {
        Unwilling log = new Unwilling();
        try (Rig rig = new Rig(new Rig.World(log), r -> {})) {
            start(rig, "v2");
            rig.minutes(6 * 60 - 1); // until 15:59 UTC
            Set<Integer> before = served(rig.gate);
            Duration day = rig.status().inStep();
            log.full.set(true);
            for (int minute = 0; minute < 16 * 60; minute++) {
                rig.world.time.advance(Rig.MINUTE);
                rig.rollouts.tick();
                assertThat(rig.gate.versionFor(
                                Caller.of("user-" + before.iterator().next())))
                        .contains("v1");
            }
            assertThat(rig.status().inStep()).isBetween(day, day.plus(Rig.MINUTE));
            assertThat(served(rig.gate)).isEmpty();
            rig.world.time.advance(Rig.MINUTE); // 08:00
            rig.rollouts.tick();
            assertThat(served(rig.gate)).isEqualTo(before);
            assertThat(rig.status().weight()).isEqualTo(Weight.percent(10));
            assertThat(rig.entries("rollout-window")).isEmpty();
            log.full.set(false);
            rig.minutes(2);
            assertThat(served(rig.gate)).isEqualTo(before);
            assertThat(rig.status().step()).isZero();
        }
    }

    @Test
    void outsideItsWindowsNobodyGetsTheCandidateWhileTheLogHangs() throws Exception {
        Unwilling log = new Unwilling();
        CountDownLatch until = new CountDownLatch(1);
        try (Rig rig = new Rig(new Rig.World(log), r -> {})) {
            start(rig, "v2");
            rig.minutes(2);
            assertThat(served(rig.gate)).isNotEmpty();
            log.hangs = until;
            Thread look = new Thread(() -> tickAt(rig, "2026-03-02T16:00:00Z"));
            look.start();
            Unwilling.await(log.asked);
            assertThat(served(rig.gate)).isEmpty();
            assertThat(rig.entries("rollout-window")).isEmpty();
            until.countDown();
            look.join();
            assertThat(rig.entries("rollout-window")).hasSize(1);
        } finally {
            until.countDown();
        }
    }

    /** Whoever closes may look no more: another look after the rollouts in this process takes over. */
    @Test
    void theNextRolloutsInThisProcessLiftWhatTheLastLeft() {
        Unwilling log = new Unwilling();
        try (Rig rig = new Rig(new Rig.World(log), r -> {})) {
            start(rig, "v2");
            rig.minutes(2);
            Set<Integer> before = served(rig.gate);
            log.full.set(true);
            tickAt(rig, "2026-03-02T16:00:00Z");
            rig.rollouts.close();
            assertThat(served(rig.gate)).isEmpty();
            rig.world.time.advance(Duration.ofHours(16));
            try (Rollouts next = Rollouts.open(rig.gates, RolloutsBuilder::manual)) {
                next.tick();
                assertThat(served(rig.gate)).isEqualTo(before);
            }
            log.full.set(false);
        }
    }

    @Test
    void aFileSaysTheSameAsCode() {
        RolloutPolicy file = RolloutPolicy.parse("office.yaml", """
                name: office
                windows:
                  zone: Europe/Zurich
                  open:
                    - {days: mon-fri, from: 09:00, to: 17:00}
                """);
        RolloutPolicy code = RolloutPolicy.of(p -> {
            p.name("office");
            office(p);
        });
        assertThat(file).isEqualTo(code);
        assertThat(RolloutPolicy.of(code.data())).contains(code);
        assertThat(RolloutPolicy.of(p -> p.name("any")).data())
                .as("for older processes")
                .doesNotContainKey("windows");
    }

    @Test
    void mistakesInWindowsSayWhatToDo() {
        assertMistake("windows: {open: [{days: mon, from: 09:00, to: 17:00}]}", "windows.zone is missing");
        assertMistake("windows: {zone: UTC}", "windows.open is missing: add for instance");
        assertMistake("windows: {zone: UTC, open: []}", "windows.open is empty");
        assertMistake("windows: {zone: UTC, blackouts: []}", "key \"windows.blackouts\" is unknown");
        assertMistake(
                "calendar: {zone: UTC, open: [{days: mon-fri, from: 09:00, to: 17:00}]}\n"
                        + "windows: {zone: UTC, open: [{days: mon-fri, from: 17:00, to: 09:00}]}",
                "windows are open only while the calendar is closed");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.of(p -> {
                    office(p);
                    p.name("x").window(ZoneId.of("UTC"), WEEK, LocalTime.NOON, LocalTime.MIDNIGHT);
                }))
                .withMessageContaining("windows.zone is UTC");
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        RolloutPolicy.of(p -> p.name("x").window(ZURICH, Set.of(), LocalTime.NOON, LocalTime.MIDNIGHT)))
                .withMessageContaining("windows.open[0].days is empty");
    }

    private static void assertMistake(String yaml, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RolloutPolicy.parse("x.yaml", "name: x\n" + yaml))
                .withMessageContaining(message);
    }
}
