package io.modelgate.examples.fleet;

import io.modelgate.Ticker;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.testkit.ForwardingControlLog;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A control log that notes when this process confirmed a kill: before the confirmation goes out, so that whatever is counted against it
 * errs on the strict side. Thread-safe.
 */
final class Witness extends ForwardingControlLog {

    /** Hears of confirmations; called on the thread that confirms. */
    @FunctionalInterface
    interface Listener {
        /**
         * A kill is confirmed.
         *
         * @param kill its id
         * @param seq its place in the log
         * @param nanos when, by the ticker
         */
        void confirmed(String kill, long seq, long nanos);
    }

    private final Ticker ticker;
    private final Listener listener;
    private final Object lock = new Object();

    /** The stop that is confirmed, 0 while the model may run. */
    private volatile int stop;

    // Guarded by the lock.
    private int stops;
    private long seen;
    private long killSeq;
    private String kill = "";
    private boolean told;

    Witness(ControlLog log, Ticker ticker, Listener listener) {
        super(log);
        this.ticker = ticker;
        this.listener = listener;
    }

    /** The stop that this process has confirmed: another number for each, 0 if the model may run. */
    int stop() {
        return stop;
    }

    /** A kill of this process has returned: from now on no call may reach the model. */
    void killedHere() {
        synchronized (lock) {
            begin();
        }
    }

    private void begin() {
        if (stop == 0) {
            stops++;
            stop = stops;
        }
    }

    /** Notes what comes before anybody acts on it: a revive ends the stop before a call can reach the model again. */
    private List<Entry> see(List<Entry> entries) {
        synchronized (lock) {
            for (Entry entry : entries) {
                if (entry.seq() > seen) {
                    seen = entry.seq();
                    see(entry);
                }
            }
        }
        return entries;
    }

    private void see(Entry entry) {
        switch (entry.type()) {
            case "kill" -> {
                killSeq = entry.seq();
                kill = entry.decision().id();
                told = false;
            }
            case "revive" -> {
                killSeq = 0;
                stop = 0;
            }
            default -> {}
        }
    }

    @Override
    public void applied(Head head) {
        long now = ticker.read();
        boolean tell = false;
        String id;
        long seq;
        synchronized (lock) {
            if (killSeq > 0 && head.seq() >= killSeq && !told) {
                begin();
                told = true;
                tell = true;
            }
            id = kill;
            seq = killSeq;
        }
        super.applied(head);
        if (tell) {
            listener.confirmed(id, seq, now);
        }
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        return see(super.append(decisions));
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        Optional<Entry> entry = super.appendIf(expectedSeq, decision);
        see(entry.stream().toList());
        return entry;
    }

    @Override
    public List<Entry> read(long after, int limit) {
        return see(super.read(after, limit));
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        return super.follow(after, entries -> follower.accept(see(entries)));
    }

    @Override
    public Subscription onReplaced(Runnable replaced) {
        return super.onReplaced(() -> {
            synchronized (lock) {
                seen = 0;
            }
            replaced.run();
        });
    }
}
