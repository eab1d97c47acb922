package io.modelgate.examples.credit;

import io.modelgate.Model;
import io.modelgate.Ticker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one thread of callers measured, beside and independent of the gate: how long each call took apart from the models in it, and
 * each invocation of a model. Written by its thread only; read it when that has ended.
 */
final class Tape {

    /**
     * One invocation of a model.
     *
     * @param version the version
     * @param callBegan when the call began in which it happened, in ticks
     * @param started when the model was started, in ticks
     */
    record Invocation(String version, long callBegan, long started) {}

    private static final Ticker TICKER = Ticker.system();
    private static final ThreadLocal<@Nullable Tape> CURRENT = new ThreadLocal<>();

    private final List<Invocation> invocations = new ArrayList<>();
    private long[] overheads = new long[1 << 16];
    private int calls;
    private long began;
    private long inModels;

    /** A model that writes each of its invocations to the tape of the thread that it runs on. */
    static Model<Applicant, Decision> recording(String version, Model<Applicant, Decision> model) {
        return applicant -> {
            Tape tape = CURRENT.get();
            if (tape == null) {
                return model.answer(applicant);
            }
            long start = TICKER.read();
            try {
                return model.answer(applicant);
            } finally {
                tape.invocations.add(new Invocation(version, tape.began, start));
                tape.inModels += TICKER.read() - start;
            }
        };
    }

    /** Makes this the tape of the current thread. */
    void insert() {
        CURRENT.set(this);
    }

    /** A call begins. */
    void begin() {
        if (calls == overheads.length) {
            overheads = Arrays.copyOf(overheads, 2 * calls);
        }
        inModels = 0;
        began = TICKER.read();
    }

    /** The call ended. */
    void end() {
        overheads[calls++] = TICKER.read() - began - inModels;
    }

    List<Invocation> invocations() {
        return invocations;
    }

    /** What each call took apart from the models in it, in nanoseconds: the gate, and the two clock reads that measure it. */
    long[] overheads() {
        return Arrays.copyOf(overheads, calls);
    }
}
