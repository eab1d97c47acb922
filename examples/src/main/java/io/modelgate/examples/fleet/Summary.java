package io.modelgate.examples.fleet;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The figures of the demo.
 *
 * @param processes how many served
 * @param roundTrip a PING to the same Redis and back, the median
 * @param kill the kill that the operator made
 * @param outage the kill that was made while Redis was down; null if the Redis was not the demo's to end
 */
record Summary(
        int processes,
        Duration roundTrip,
        Act kill,
        @Nullable Outage outage) {

    /**
     * A kill while Redis is down.
     *
     * @param inForce from the kill to its return, by when it was in force in the process that made it
     * @param act what came of it; its times count from the moment at which Redis answered again
     */
    record Outage(Duration inForce, Act act) {}

    List<String> problems() {
        List<String> problems = new ArrayList<>(kill.problems("the kill"));
        if (outage != null) {
            problems.addAll(outage.act().problems("the kill while Redis was down"));
        }
        return problems;
    }

    String json() {
        String second = outage == null
                ? "null"
                : "{\"inForceMicros\": " + outage.inForce().toNanos() / 1_000 + ", \"fromItsReturn\": "
                        + outage.act().json() + "}";
        return "{\n  \"processes\": " + processes + ",\n  \"roundTripMicros\": " + roundTrip.toNanos() / 1_000
                + ",\n  \"kill\": " + kill.json() + ",\n  \"outage\": " + second + "\n}\n";
    }
}
