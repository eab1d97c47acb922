package io.modelgate.rollout;

import io.modelgate.Ticker;
import java.time.Duration;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells of a look that does not end: while users' code, a log or a disk hangs, nothing is judged, and that is not left to be found out. Begun
 * and ended by one thread at a time; asked by any.
 */
final class LookUnderWay {

    static final Duration LONG = Duration.ofSeconds(30);

    /** Of no gate alone. */
    static final String ALL = "*";

    /**
     * One that has begun.
     *
     * @param since when, by the ticker
     */
    private record Look(long since, Thread thread) {}

    private final Ticker ticker;
    private final BiConsumer<String, String> teller;
    private volatile String gate = ALL;
    private volatile @Nullable Look under;
    private volatile @Nullable Look told;

    /** Tells {@code teller} of the gate, or of {@link #ALL}, and what there is to say. */
    LookUnderWay(Ticker ticker, BiConsumer<String, String> teller) {
        this.ticker = ticker;
        this.teller = teller;
    }

    void begin() {
        gate = ALL;
        under = new Look(ticker.read(), Thread.currentThread());
    }

    /** It has come to a gate, or to {@link #ALL}. */
    void at(String name) {
        gate = name;
    }

    void end() {
        under = null;
    }

    /** Tells of it once, on a thread of its own: who listens may hang too. */
    synchronized void ask() {
        Look look = under;
        if (look == null || look.equals(told) || ticker.read() - look.since() < LONG.toNanos()) {
            return;
        }
        String of = gate;
        String text = "a look has not ended for " + LONG.toSeconds() + " s" + where(look.thread())
                + ": until it does, no rollout of this process is judged, and none is rolled back by its guardrails";
        Thread telling = new Thread(() -> teller.accept(of, text), "modelgate-rollouts-overdue");
        telling.setDaemon(true);
        telling.start();
        told = look;
    }

    private static String where(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            String name = frame.getClassName();
            if (!name.startsWith("java.") && !name.startsWith("jdk.") && !name.startsWith("sun.")) {
                return ", in " + name + "." + frame.getMethodName() + " (" + frame.getFileName() + ":"
                        + frame.getLineNumber() + ")";
            }
        }
        return "";
    }
}
