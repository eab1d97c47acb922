package io.modelgate.console;

import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Checks that each entry of the control log has the hash of its content and continues the chain: the whole log once, a page at a time, and then
 * what is new. Thread-safe.
 */
final class ChainWatch {

    private static final int PAGE = 1_000;
    private static final long LONGEST_WAIT_MILLIS = 200;

    private final ControlLog log;
    private final Consumer<Entry> reader;
    private final Runnable onRestart;

    private final ReentrantLock walking = new ReentrantLock();

    /** Guarded by the lock. */
    private volatile Head walked = Head.EMPTY;

    private long replaced;
    private boolean broken;
    private volatile long verifiedSeq;
    private volatile @Nullable String problem;

    /**
     * Starts before the first entry.
     *
     * @param reader is given each entry, in order, whether or not the chain is whole
     * @param onRestart is called when the log turns out to be another one, and all its entries come anew
     */
    ChainWatch(ControlLog log, Consumer<Entry> reader, Runnable onRestart) {
        this.log = log;
        this.reader = reader;
        this.onRestart = onRestart;
    }

    /** Every entry up to this one was checked. */
    long verifiedSeq() {
        return verifiedSeq;
    }

    /** Where the chain breaks, or why the log cannot be read; null if neither. */
    @Nullable
    String problem() {
        return problem;
    }

    /** Checks the next page; says whether there may be more. {@code timesReplaced} is how often the log was found to be another one. */
    boolean step(long timesReplaced) {
        walking.lock();
        try {
            return walk(timesReplaced);
        } finally {
            walking.unlock();
        }
    }

    private boolean walk(long timesReplaced) {
        if (timesReplaced != replaced) {
            replaced = timesReplaced;
            restart();
        }
        List<Entry> page;
        try {
            page = problem == null && log.head().equals(walked) ? List.of() : log.read(walked.seq(), PAGE);
        } catch (ControlLogException e) {
            problem = e.getMessage();
            return false;
        }
        if (!broken) {
            problem = null;
        }
        page.forEach(this::check);
        return page.size() == PAGE;
    }

    /** Checks up to an entry, if the log has it and it is near: nobody waits for a whole log to be checked. */
    void through(long seq, long timesReplaced) {
        try {
            if (seq - walked.seq() <= PAGE && walking.tryLock(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                try {
                    if (walked.seq() < seq) {
                        boolean unused = walk(timesReplaced);
                    }
                } finally {
                    walking.unlock();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void check(Entry entry) {
        if (!broken) {
            Head before = new Head(entry.seq() - 1, entry.previousHash());
            String wrong = !entry.continues(walked)
                    ? "does not continue the chain: its previous hash is not that of the entry before"
                    : !Entry.after(before, entry.decision()).hash().equals(entry.hash())
                            ? "was changed: its hash is not that of its content"
                            : "";
            if (wrong.isEmpty()) {
                verifiedSeq = entry.seq();
            } else {
                broken = true;
                problem = "entry " + entry.seq() + " of the control log " + wrong;
            }
        }
        walked = entry.head();
        reader.accept(entry);
    }

    private void restart() {
        walked = Head.EMPTY;
        broken = false;
        verifiedSeq = 0;
        problem = null;
        onRestart.run();
    }
}
