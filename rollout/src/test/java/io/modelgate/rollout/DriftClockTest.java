package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import io.modelgate.testkit.ForwardingControlLog;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a wrong clock does to the watch over a reference. */
class DriftClockTest {

    private final ControlLog log = new ForwardingControlLog(new MemoryControlLog()) {
        @Override
        public void close() {} // each process has one of its own
    };

    private final DriftRig one = new DriftRig(log).frozen();

    /** How far the same answers may lie from their reference where no clock is wrong. */
    private final double usual = DriftRig.farthest(log, Duration.ofHours(5));

    @AfterEach
    void close() {
        one.close();
    }

    /** A process whose clock is a year ahead when it starts, and is set right. */
    private DriftRig startedAhead() {
        DriftRig process = new DriftRig(log);
        process.ahead = Duration.ofDays(365);
        process.tick(Duration.ofSeconds(1)).ahead = Duration.ZERO;
        return process.tick(Duration.ofSeconds(1));
    }

    @Test
    void oneThatWasAheadAtTheStartCostsAnHour() {
        try (DriftRig process = startedAhead()) {
            process.tick(Duration.ofHours(1)).calls(5_000, 1).tick(Duration.ofSeconds(1));
            assertThat(process.status().distance().high()).isEqualTo(usual);
        }
    }

    @Test
    void afterOneThatWasAheadCallersWhoReturnAreHeardTheNextDay() {
        try (DriftRig process = startedAhead()) {
            process.calls(10_000, 1).tick(Duration.ofHours(1)).tick(Duration.ofDays(1));
            process.callers = 0;
            process.calls(10_000, 3).tick(Duration.ofMinutes(1));
            assertThat(process.heard).hasSize(1);
        }
    }

    @Test
    void oneThatIsAheadForALookEndsNoPart() {
        try (DriftRig process = new DriftRig(log)) {
            process.tick(Duration.ofMinutes(1)).calls(5_000, 1);
            process.ahead = Duration.ofDays(365);
            process.tick(Duration.ofSeconds(1)).ahead = Duration.ZERO;
            process.tick(Duration.ofSeconds(1));
            assertThat(process.status().present()).isBetween(4_900L, 5_000L);
            assertThat(process.status().distance().high()).isEqualTo(usual);
        }
    }

    @Test
    void oneThatWasAheadDoesNotKeepItSuspended() {
        try (DriftRig process = startedAhead()) {
            Rollout rollout = Rollout.start(process.gate, "v2", who -> who.force("region", "eu"), Rig.ALICE, "");
            process.tick(Duration.ofMinutes(1));
            Rig.stored(rollout.end(Rig.ALICE, "enough"));
            process.tick(Duration.ofSeconds(1));
            assertThat(process.status().suspended()).isNotNull();
            process.tick(Duration.ofHours(1));
            assertThat(process.status().suspended()).isNull();
        }
    }

    @Test
    void oneThatStandsStillGivesTheAlphaOfNoHourTwice() {
        try (DriftRig process = new DriftRig(log).tick(Duration.ofSeconds(1))) {
            for (int day = 0; day < 90; day++) {
                process.ahead = process.ahead.minusDays(1);
                process.tick(Duration.ofDays(1));
            }
            process.calls(5_000, 1).tick(Duration.ofSeconds(1));
            assertThat(process.status().distance().high()).isGreaterThan(usual + 0.005);
        }
    }
}
