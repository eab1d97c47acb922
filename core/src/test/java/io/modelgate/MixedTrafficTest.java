package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** After everything at once, at random, nothing is left and the books agree. A seed repeats the callers' choices, not the schedule. */
class MixedTrafficTest {

    @Test
    void nothingIsLeftAfterMixedTraffic() throws Exception {
        run(Duration.ofSeconds(3));
    }

    @Test
    @Tag("soak")
    void nothingIsLeftAfterFiveMinutesOfMixedTraffic() throws Exception {
        run(Duration.ofMinutes(5));
    }

    private static void run(Duration duration) throws Exception {
        long seed = Long.getLong("modelgate.seed", ThreadLocalRandom.current().nextLong());
        try (MixedTraffic traffic = new MixedTraffic(seed)) {
            traffic.run(duration);

            for (String version : new String[] {"v1", "v2"}) {
                ModelVersion ran = traffic.gate.version(version);
                assertThat(ran.inFlight())
                        .as("in flight on %s, seed %d", version, seed)
                        .isZero();
                assertThat(ran.overdue())
                        .as("overdue on %s, seed %d", version, seed)
                        .isZero();
                assertThat(ran.invocations())
                        .as("invocations of %s, seed %d", version, seed)
                        .isPositive();
            }
            Limits limits = traffic.limits();
            assertThat(limits == null ? -1 : limits.running())
                    .as("permits, seed %d", seed)
                    .isZero();
            assertThat(traffic.reservations()).as("reservations, seed %d", seed).isZero();
            assertThat(traffic.spent("all")).as("spent, seed %d", seed).isEqualTo(traffic.owed.sum());
            assertThat(traffic.spent("session"))
                    .as("spent by sessions, seed %d", seed)
                    .isEqualTo(traffic.owed.sum());
            GateStats stats = traffic.gate.stats();
            System.out.printf(
                    "mixed traffic for %s, seed %d: %d calls, %d errors thrown, %d tokens charged, %s%n",
                    duration, seed, stats.calls(), traffic.errors.sum(), traffic.spent("all"), stats.byCause());
            assertThat(stats.byCause())
                    .as("seed %d", seed)
                    .containsKeys(Cause.KILLED, Cause.CUT, Cause.TIMEOUT, Cause.ERROR);
        }
    }
}
