package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.console.Overview.Row;
import io.modelgate.console.Overview.Snapshot;
import io.modelgate.console.Views.EntryView;
import io.modelgate.console.Views.RolloutSummary;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One connection on which what changes is sent: entries in the order of the log, each once; figures at most once a second; and a sign of life.
 * Written by one thread.
 */
final class EventStream {

    private static final int ENTRIES_AT_ONCE = 200;
    private static final int GATES_AT_ONCE = 500;
    private static final int PIECE = 8_192;
    private static final byte[] NOTHING = "{}".getBytes(StandardCharsets.UTF_8);

    private final EventStreams streams;
    private final Actor actor;
    private final long created;
    private final ByteArrayOutputStream batch = new ByteArrayOutputStream();

    private Head sent;
    private boolean reset;
    private long replaced;
    private long figures = -1;
    private long figuresAt;
    private long pingAt;

    /** Guarded by this. */
    private boolean began;

    private volatile boolean gaveWay;

    /**
     * Sends what comes after a place in the log.
     *
     * @param replaced how often the log had become another one before the place was looked up
     * @param reset whether the place is not where the reader thinks that it is
     */
    EventStream(EventStreams streams, Actor actor, Head after, long replaced, boolean reset) {
        this.streams = streams;
        this.actor = actor;
        this.replaced = replaced;
        this.reset = reset;
        sent = after;
        created = streams.ticker.read();
    }

    /** Whose it is. */
    Actor actor() {
        return actor;
    }

    /** When it was asked for. */
    long created() {
        return created;
    }

    /** Ends soon: the reader has newer ones. */
    void giveWay() {
        gaveWay = true;
    }

    /** Writes until the reader goes, stalls, or the console closes. */
    void write(OutputStream out) throws IOException {
        begin();
        try {
            if (reset) {
                event("reset", NOTHING);
            }
            long now = streams.ticker.read();
            pingAt = now + streams.rhythm.ping().toNanos();
            while (!streams.closed() && !gaveWay) {
                round(out);
            }
        } catch (InterruptedException e) {
            throw new IOException("the connection is dropped", e);
        } finally {
            streams.ended(this);
        }
    }

    private void round(OutputStream out) throws IOException, InterruptedException {
        long seen = streams.changes();
        boolean more = entries();
        long now = streams.ticker.read();
        Snapshot snapshot = streams.overview.current();
        boolean news = snapshot.version() != figures;
        if (news && (figures < 0 || now - figuresAt >= 0)) {
            figures(snapshot);
            figuresAt = now + streams.rhythm.figures().toNanos();
            news = false;
        }
        if (now - pingAt >= 0) {
            event("ping", Json.write(Map.of("asOf", snapshot.state().asOf())));
            pingAt = now + streams.rhythm.ping().toNanos();
        }
        flush(out);
        if (!more) {
            streams.await(seen, Math.min(pingAt, news ? figuresAt : pingAt) - streams.ticker.read());
        }
    }

    /** Sends the next entries that took effect here; says whether there may be more. */
    private boolean entries() throws IOException {
        try {
            long now = streams.log.replaced();
            if (replaced != now) {
                if (!streams.log.at(sent.seq()).equals(sent)) {
                    startAnew();
                }
                replaced = now; // not before: a log that could not be read is looked at again
            }
            long left = streams.gates.applied() - sent.seq();
            List<Entry> next =
                    left <= 0 ? List.of() : streams.gates.log().read(sent.seq(), (int) Math.min(ENTRIES_AT_ONCE, left));
            for (Entry entry : next) {
                if (!entry.continues(sent)) {
                    startAnew();
                    return true;
                }
                sent = entry.head();
                event("entry", Json.write(EntryView.of(entry)), EventStreams.id(sent));
            }
            return next.size() == ENTRIES_AT_ONCE;
        } catch (ControlLogException e) {
            return false; // the state says why, and what was missed comes once it can be read
        }
    }

    /** What was sent is no longer part of the log. */
    private void startAnew() throws IOException {
        Head end = streams.log.end();
        if (end.equals(Head.EMPTY) && streams.gates.applied() > 0) {
            throw new IOException("the connection has no place in the log; whoever comes again gets one");
        }
        sent = end;
        event("reset", NOTHING);
        figures = -1;
    }

    /** Sends what changed since it was sent last; at first, all of it. */
    private void figures(Snapshot snapshot) {
        String asOf = snapshot.state().asOf();
        event("state", Json.write(snapshot.state()), figures < 0 ? EventStreams.id(sent) : "");
        List<Row> changed =
                snapshot.rows().stream().filter(row -> row.since > figures).toList();
        for (int i = 0; i < changed.size(); i += GATES_AT_ONCE) {
            List<Row> page = changed.subList(i, Math.min(changed.size(), i + GATES_AT_ONCE));
            event("gates", GateOperations.page(asOf, snapshot.rows().size(), page));
        }
        List<RolloutSummary> rollouts = new ArrayList<>();
        for (Row row : changed) {
            RolloutSummary rollout = row.summary.rollout();
            if (rollout != null && row.rolloutSince > figures) {
                rollouts.add(rollout);
            }
        }
        if (!rollouts.isEmpty()) {
            event("rollouts", Json.write(new RolloutOperations.RolloutList(rollouts)));
        }
        figures = snapshot.version();
    }

    private void event(String name, byte[] json) {
        event(name, json, "");
    }

    private void event(String name, byte[] json, String id) {
        if (!id.isEmpty()) {
            batch.writeBytes(("id: " + id + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        batch.writeBytes(("event: " + name + "\ndata: ").getBytes(StandardCharsets.US_ASCII));
        batch.writeBytes(json);
        batch.writeBytes("\n\n".getBytes(StandardCharsets.US_ASCII));
    }

    /** Sends it in pieces: the server gives a reader its time for each. */
    private void flush(OutputStream out) throws IOException {
        if (batch.size() == 0) {
            return;
        }
        byte[] bytes = batch.toByteArray();
        for (int from = 0; from < bytes.length; from += PIECE) {
            out.write(bytes, from, Math.min(PIECE, bytes.length - from));
        }
        out.flush();
        batch.reset();
    }

    private synchronized void begin() throws IOException {
        if (began) {
            throw new IOException("the connection took too long to begin");
        }
        began = true;
    }

    /** Whether it was asked for before a moment and never began; then it never will. */
    synchronized boolean neverBegan(long before) {
        if (began || created - before > 0) {
            return false;
        }
        began = true;
        return true;
    }
}
