package io.modelgate;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Says what decision records hold. Handed to the function given to {@link GatesBuilder#decisionRecords}, and done when that returns. Not
 * thread-safe. All functions run on the thread of the records, off the serving path. A gate that is named here and that the process has not
 * built a minute after its start is warned of, once.
 */
public final class DecisionRecordsBuilder {

    private static final int LEAST = 512;
    private static final int MOST = 1 << 20;

    /** Makes of an input or an answer the bytes that its digest is of. What it throws leaves the digest out, never the record. */
    @FunctionalInterface
    public interface Serializer {

        /**
         * The bytes of what a call was asked, or of what was answered.
         *
         * @return the same for the same content, years later too; null for no digest
         */
        byte @Nullable [] bytes(Object content) throws Exception;
    }

    /** Makes of an input or an answer what may be kept of it. What it throws leaves the body out, never the record. */
    @FunctionalInterface
    public interface Redaction {

        /** What may be kept; null for nothing. */
        @Nullable
        String redact(Object content) throws Exception;
    }

    final DecisionSink sink;
    final Set<String> gates = new TreeSet<>();
    final Map<String, Serializer> serializers = new HashMap<>();
    final Map<String, Redaction> inputs = new HashMap<>();
    final Map<String, Redaction> outputs = new HashMap<>();

    @Nullable
    Serializer serializer;

    boolean keyed = true;
    int capacity = 1 << 14;

    DecisionRecordsBuilder(DecisionSink sink) {
        this.sink = sink;
    }

    /** The gates that are named, each of which somebody expects to have records. */
    Set<String> named() {
        Set<String> named = new TreeSet<>(gates);
        named.addAll(serializers.keySet());
        named.addAll(inputs.keySet());
        named.addAll(outputs.keySet());
        return named;
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
     * Sets which bytes of an input and of an answer digests are of, for all gates that have none of their own. Default, and where it gives null
     * or throws: no digest.
     */
    public DecisionRecordsBuilder digests(Serializer bytes) {
        serializer = bytes;
        return this;
    }

    /**
     * Sets which bytes of an input and of an answer of one gate digests are of.
     *
     * @throws IllegalArgumentException if it cannot name a gate
     */
    public DecisionRecordsBuilder digests(String gate, Serializer bytes) {
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
    public DecisionRecordsBuilder inputs(String gate, Redaction redact) {
        inputs.put(Names.name("gate", gate), redact);
        return this;
    }

    /**
     * Allows the answers of one gate in its records, as {@link #inputs} allows inputs.
     *
     * @throws IllegalArgumentException if it cannot name a gate
     */
    public DecisionRecordsBuilder outputs(String gate, Redaction redact) {
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
