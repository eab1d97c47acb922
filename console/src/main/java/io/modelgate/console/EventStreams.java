package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Ticker;
import io.modelgate.control.Head;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The connections on which what changes is sent as it changes. None has a queue: each knows how far it has come in the control log and in the
 * overview, and reads on from there, so that what one that is slow costs does not grow. Thread-safe.
 */
final class EventStreams implements AutoCloseable {

    /** So many at once; more are told to come back later. */
    static final int MOST = 64;

    /** So many of one actor; for a further one the oldest gives way. */
    static final int MOST_OF_AN_ACTOR = 8;

    /** A connection whose request came and whose answer never began. */
    private static final Duration LONGEST_START = Duration.ofSeconds(10);

    private static final Pattern ID = Pattern.compile("(\\d{1,18})-([0-9a-f]{8})");

    /**
     * When what is due, in the time of the person who looks.
     *
     * @param figures how far figures are apart at least
     * @param ping how far pings are apart
     */
    record Rhythm(Duration figures, Duration ping) {
        static final Rhythm USUAL = new Rhythm(Duration.ofSeconds(1), Duration.ofSeconds(5));
    }

    final Gates gates;
    final LogFollower log;
    final Overview overview;
    final Rhythm rhythm;
    final Ticker ticker = Ticker.system();

    private final Set<EventStream> open = ConcurrentHashMap.newKeySet();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long changes;
    private volatile boolean closed;

    EventStreams(Gates gates, LogFollower log, Overview overview, Rhythm rhythm) {
        this.gates = gates;
        this.log = log;
        this.overview = overview;
        this.rhythm = rhythm;
    }

    Route route() {
        return Route.get("/api/v1/events", this::open);
    }

    private Reply open(Request request) {
        Optional<String> lastId = request.header("Last-Event-ID").filter(id -> !id.isEmpty());
        long replaced = log.replaced();
        Head end = log.end(); // a log that cannot be read is said before the answer begins
        Optional<Head> after = lastId.flatMap(this::place);
        if (after.isEmpty() && end.seq() == 0 && gates.applied() > 0) {
            throw new Problem(503, "the control log has no entry " + gates.applied() + " now");
        }
        EventStream stream = new EventStream(
                this, request.actor(), after.orElse(end), replaced, lastId.isPresent() && after.isEmpty());
        if (request.headOnly()) {
            return streamed(stream);
        }
        lock.lock();
        try {
            makeWay(request.actor());
            if (closed || open.size() >= MOST) {
                throw new Problem(503, closed ? "the console is closing" : MOST + " connections for events are open");
            }
            open.add(stream);
        } finally {
            lock.unlock();
        }
        return streamed(stream);
    }

    private static Reply streamed(EventStream stream) {
        return new Reply.Streamed("text/event-stream", "", stream::write);
    }

    /** Under the lock: for one more of an actor. */
    private void makeWay(Actor actor) {
        List<EventStream> own = open.stream()
                .filter(stream -> stream.actor().equals(actor))
                .sorted(Comparator.comparingLong(EventStream::created))
                .toList();
        for (EventStream oldest : own.subList(0, Math.max(0, own.size() + 1 - MOST_OF_AN_ACTOR))) {
            oldest.giveWay();
            open.remove(oldest);
            signal();
        }
    }

    /** The place in the log that an id names; empty if it is not on this log. */
    private Optional<Head> place(String id) {
        Matcher matcher = ID.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long seq = Long.parseLong(matcher.group(1));
        Head there = log.at(seq);
        return there.seq() == seq && id(there).equals(id) ? Optional.of(there) : Optional.empty();
    }

    /** What names a place in the log: a number alone would be one of any log. */
    static String id(Head place) {
        return place.seq() + "-" + place.hash().substring(0, 8);
    }

    /** Lets every connection look for what is new. */
    void signal() {
        lock.lock();
        try {
            changes++;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How often there was something new. */
    long changes() {
        lock.lock();
        try {
            return changes;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for something new after so many changes, at most for a while. */
    void await(long seen, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!closed && changes == seen && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean closed() {
        return closed;
    }

    void ended(EventStream stream) {
        open.remove(stream);
    }

    /** How many connections there are. */
    int count() {
        return open.size();
    }

    /** Forgets the connections that never began: the request was for the head alone, or whoever made it was gone by then. */
    void sweep() {
        long before = ticker.read() - LONGEST_START.toNanos();
        open.removeIf(stream -> stream.neverBegan(before));
    }

    /** Ends all of them, but for those whose readers are waited for: it is the server that cuts these. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
