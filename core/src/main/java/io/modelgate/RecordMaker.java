package io.modelgate;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Makes the record of a call, of as much of it as is allowed. What users' functions throw leaves a part out, never the record. */
final class RecordMaker {

    private static final int LONGEST_BODY = 32_768;

    private final DecisionRecordsBuilder config;
    private final Identities identities;
    private final Warnings warnings;
    private final LongAdder leftOut = new LongAdder();

    RecordMaker(DecisionRecordsBuilder config, Identities identities, Warnings warnings) {
        this.config = config;
        this.identities = identities;
        this.warnings = warnings;
    }

    DecisionRecord of(ServedCall<?, ?> call) {
        Outcome<?> outcome = call.outcome();
        Object answer = outcome.answer().orElse(null);
        String gate = call.gate();
        String session = call.caller().sessionOrNull();
        return new DecisionRecord(
                call.id().text(),
                gate,
                call.at(),
                call.took(),
                DecisionRecord.Kind.of(outcome),
                outcome.routed().orElse(null),
                outcome.answeredBy().orElse(null),
                outcome instanceof Outcome.FellBack<?> fell ? fell.rung() : null,
                outcome.cause().orElse(null),
                outcome.staleness(),
                call.caller().key().map(identities::hash).orElse(null),
                session == null ? null : identities.hash(session),
                call.traceId(),
                digest(gate, call.asked()),
                digest(gate, answer),
                body(config.inputs.get(gate), "inputs", gate, call.asked()),
                body(config.outputs.get(gate), "answers", gate, answer));
    }

    private @Nullable String digest(String gate, @Nullable Object content) {
        Function<Object, byte @Nullable []> own = config.serializers.get(gate);
        Function<Object, byte @Nullable []> serializer = own == null ? config.serializer : own;
        if (serializer == null || content == null) {
            return null;
        }
        try {
            byte[] bytes = serializer.apply(content);
            if (bytes == null) {
                return null;
            }
            return config.keyed
                    ? identities.digest(bytes)
                    : "sha256:" + HexFormat.of().formatHex(sha256().digest(bytes));
        } catch (Throwable e) { // users' code
            leftOut.increment();
            warnings.threw("what serializes for the digests of gate \"" + gate + "\"", e);
            return null;
        }
    }

    private @Nullable String body(
            @Nullable Function<Object, @Nullable String> redact, String what, String gate, @Nullable Object content) {
        if (redact == null || content == null) {
            return null;
        }
        try {
            String text = redact.apply(content);
            return text == null || text.length() <= LONGEST_BODY ? text : text.substring(0, LONGEST_BODY) + "…";
        } catch (Throwable e) { // users' code: what it did not clean must not be kept
            leftOut.increment();
            warnings.threw("the redaction of " + what + " of gate \"" + gate + "\"", e);
            return null;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every runtime must have", e);
        }
    }

    /** How many digests and bodies are missing because users' code threw. */
    long leftOut() {
        return leftOut.sum();
    }
}
