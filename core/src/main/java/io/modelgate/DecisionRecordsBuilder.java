package io.modelgate;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Says what decision records hold. Handed to the function given to {@link GatesBuilder#decisionRecords}, and done when that returns. Not
 * thread-safe. All functions run on the thread of the records, off the serving path.
 */
public final class DecisionRecordsBuilder {

    private static final int LEAST = 512;
    private static final int MOST = 1 << 20;

    final DecisionSink sink;
    final Set<String> gates = new TreeSet<>();
    final Map<String, Function<Object, byte @Nullable []>> serializers = new HashMap<>();
    final Map<String, Function<Object, @Nullable String>> inputs = new HashMap<>();
    final Map<String, Function<Object, @Nullable String>> outputs = new HashMap<>();

    @Nullable
    Function<Object, byte @Nullable []> serializer;

    boolean keyed = true;
    int capacity = 1 << 14;

    DecisionRecordsBuilder(DecisionSink sink) {
        this.sink = sink;
    }

    /**
     * Keeps records of this gate, and of those named by other calls, only. Default: of all gates.
     *
     * @throws IllegalArgumentException if it cannot name a gate
     */
    public DecisionRecordsBuilder only(String gate) {
        gates.add(Names.name("only", gate));
        return this;
    }

    /**
     * Sets which bytes of an input and of an answer digests are of, for all gates that have none of their own. Default, and where it gives null:
     * no digest.
     */
    public DecisionRecordsBuilder digests(Function<Object, byte @Nullable []> bytes) {
        serializer = bytes;
        return this;
    }

    /**
     * Sets which bytes of an input and of an answer of one gate digests are of.
     *
     * @throws IllegalArgumentException if it cannot name a gate
     */
    public DecisionRecordsBuilder digests(String gate, Function<Object, byte @Nullable []> bytes) {
        serializers.put(Names.name("gate", gate), bytes);
        return this;
    }

    /**
     * Has digests be plain SHA-256, so that who has the content can compute them without the control log's secret: and so that who can guess
     * the content can find it by trying. Default: HMAC-SHA-256 with a key derived from that secret.
     */
    public DecisionRecordsBuilder plainDigests() {
        keyed = false;
        return this;
    }

    /**
     * Allows the inputs of one gate in its records, as {@code redact} leaves them. What gives null, or throws, is left out; more than 32,768
     * characters are cut. Default: no input is kept.
     *
     * @throws IllegalArgumentException if it cannot name a gate
     */
    public DecisionRecordsBuilder inputs(String gate, Function<Object, @Nullable String> redact) {
        inputs.put(Names.name("gate", gate), redact);
        return this;
    }

    /**
     * Allows the answers of one gate in its records, as {@link #inputs} allows inputs.
     *
     * @throws IllegalArgumentException if it cannot name a gate
     */
    public DecisionRecordsBuilder outputs(String gate, Function<Object, @Nullable String> redact) {
        outputs.put(Names.name("gate", gate), redact);
        return this;
    }

    /**
     * Sets how many calls may wait for the sink, with what they were asked; more are lost and counted. Default: 16,384.
     *
     * @param calls 512 to 1,048,576
     * @throws IllegalArgumentException if it is out of range
     */
    public DecisionRecordsBuilder waiting(int calls) {
        if (calls < LEAST || calls > MOST) {
            throw new IllegalArgumentException("waiting is " + calls + ": expected " + LEAST + " to " + MOST);
        }
        capacity = calls;
        return this;
    }
}
