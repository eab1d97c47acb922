package io.modelgate.examples.credit;

import io.modelgate.Cause;
import java.util.Map;
import java.util.SortedMap;
import java.util.StringJoiner;

/**
 * The figures of a demo. Immutable.
 *
 * @param calls that callers made
 * @param answered calls that the version routed to answered, by version
 * @param fellBack calls that a rung answered, by rung
 * @param byCause calls that the version routed to did not answer, by cause
 * @param refused refusals that no rung answered
 * @param failed failures that no rung answered
 * @param startedAfterKill invocations of a killed version in calls that began after its kill had returned
 * @param killToStopMillis from the moment at which the second process decided the kill, which is the time in its entry, to the
 *     start of the last invocation of a model; 0 if none started after that moment
 * @param overheadNanosP50 what half of the calls took at most, apart from the models in them
 * @param overheadNanosP99 what 99 of 100 calls took at most, apart from the models in them
 * @param logEntries entries in the control log
 * @param logVerified whether the control log's chain is whole
 */
record Summary(
        long calls,
        SortedMap<String, Long> answered,
        SortedMap<String, Long> fellBack,
        SortedMap<Cause, Long> byCause,
        long refused,
        long failed,
        long startedAfterKill,
        long killToStopMillis,
        long overheadNanosP50,
        long overheadNanosP99,
        long logEntries,
        boolean logVerified) {

    /** This summary as JSON. Its names hold no character that JSON would want escaped: a gate refuses such names. */
    String json() {
        StringJoiner json = new StringJoiner(",\n  ", "{\n  ", "\n}\n");
        json.add("\"calls\": " + calls);
        json.add("\"answered\": " + json(answered));
        json.add("\"fellBack\": " + json(fellBack));
        json.add("\"byCause\": " + json(byCause));
        json.add("\"refused\": " + refused);
        json.add("\"failed\": " + failed);
        json.add("\"startedAfterKill\": " + startedAfterKill);
        json.add("\"killToStopMillis\": " + killToStopMillis);
        json.add("\"overheadNanosP50\": " + overheadNanosP50);
        json.add("\"overheadNanosP99\": " + overheadNanosP99);
        json.add("\"logEntries\": " + logEntries);
        json.add("\"logVerified\": " + logVerified);
        return json.toString();
    }

    private static String json(Map<?, Long> counts) {
        StringJoiner json = new StringJoiner(", ", "{", "}");
        counts.forEach((name, count) -> json.add("\"" + name + "\": " + count));
        return json.toString();
    }
}
