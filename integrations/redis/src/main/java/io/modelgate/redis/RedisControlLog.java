package io.modelgate.redis;

import io.modelgate.control.Archived;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A control log on Redis (6.2 or later) or Valkey, which any number of processes share.
 *
 * <p>Each process keeps a verified copy of the log in a directory of its own, reads from it, and starts from it when Redis is away. What an
 * append returns is in Redis and forced to the disk in this process's copy; a kill is forced to the disk here before Redis is asked. Entries
 * of all processes, the own ones included, arrive at followers as soon as Redis has them. A Redis that comes back with less is repaired from
 * the copies: {@code docs/fleet.md} says how, and what is kept.
 *
 * <p>Thread-safe. Followers are called on one thread of this instance. Where Redis cannot be reached, appends fail; nothing else waits for it.
 */
public final class RedisControlLog implements ControlLog {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);

    private final String name;
    private final String instance;
    private final Duration timeout;
    private final boolean observer;
    private final InstantSource clock;
    private final Directory directory;
    private final Copy copy;
    private final Owed owed;
    private final Identity identity;
    private final Freshness freshness;
    private final RedisLink link;
    private final LogKeys keys;
    private final LogStream stream;
    private final Presence presence;
    private final Appends appends;
    private final Following following;
    private final AtomicBoolean closed = new AtomicBoolean();

    private RedisControlLog(
            RedisControlLogBuilder settings,
            RedisAddress address,
            Directory directory,
            Owed owed,
            Copy copy,
            Identity identity) {
        this.directory = directory;
        this.owed = owed;
        this.copy = copy;
        this.identity = identity;
        name = settings.name;
        instance = settings.instance == null ? anyName() : settings.instance;
        timeout = settings.commandTimeout;
        observer = settings.observer;
        clock = settings.clock;
        boolean known = (copy.head().seq() > 0 && copy.isWhole()) || settings.start == StartPolicy.OPEN;
        freshness = new Freshness(
                settings.ticker::read, known, copy.head().seq() > 0 ? copy.ageMillis(settings.clock.millis()) : 0);
        keys = new LogKeys(name);
        link = RedisLink.open(address, timeout);
        stream = new LogStream(link, keys);
        ReentrantLock lock = new ReentrantLock(true);
        presence = new Presence(link, keys, instance, settings.liveFor, copy, freshness, this::suspect);
        appends = new Appends(lock, stream, copy, owed, settings.ticker::read, timeout, this::suspect, this::wake);
        Repair repair = new Repair(
                lock,
                stream,
                copy,
                owed,
                instance,
                timeout,
                settings.clock,
                () -> freshness.met() || !identity.differed(),
                () -> identity.insist(link, keys));
        following = new Following(
                name,
                link,
                stream,
                copy,
                owed,
                repair,
                presence,
                freshness,
                settings.clock,
                settings.heartbeat,
                identity,
                keys);
    }

    /**
     * Opens the log: from Redis, and if that cannot be reached within the command timeout, from the copy alone; then it is followed as soon
     * as it can be.
     *
     * @throws IllegalArgumentException if a setting is missing or outside its range
     * @throws ControlLogException if the directory cannot be used, or another instance uses it
     */
    public static RedisControlLog open(Consumer<RedisControlLogBuilder> settings) {
        RedisControlLogBuilder builder = new RedisControlLogBuilder();
        settings.accept(builder);
        RedisAddress address = builder.address();
        builder.check();
        Directory directory = Directory.open(builder.copy ? builder.directory : null, builder.name);
        List<Closeable> opened = new ArrayList<>(List.of(directory));
        try {
            Owed owed = Owed.open(directory.file(".owed"));
            opened.add(owed);
            List<Decision> rescued = new ArrayList<>();
            Copy copy = Copy.open(
                    directory.file(".log"),
                    entry -> owed.stored(entry.decision().id()),
                    decision -> {
                        if (decision.isKill()) {
                            rescued.add(decision);
                        }
                    });
            opened.add(copy);
            owed.add(rescued);
            Identity identity = Identity.open(directory.file(".key"), builder.secret);
            RedisControlLog log = new RedisControlLog(builder, address, directory, owed, copy, identity);
            log.start();
            return log;
        } catch (IOException e) {
            closeAll(opened);
            throw Directory.unusable(directory.path(), e);
        } catch (RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private void start() {
        link.awaitConnected(timeout);
        following.first();
        Subscription ignored = link.onReconnect(() -> {
            suspect();
            presence.beat(); // the list may have been lost
        });
        following.start();
    }

    private static String anyName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName().replaceAll("[^a-zA-Z0-9.-]", "-");
        } catch (UnknownHostException e) {
            host = "host";
        }
        return String.format(
                Locale.ROOT,
                "%s-%d-%06x",
                host.substring(0, Math.min(60, host.length())),
                ProcessHandle.current().pid(),
                ThreadLocalRandom.current().nextInt(1 << 24));
    }

    private void suspect() {
        following.suspect();
    }

    private void wake() {
        following.wake();
    }

    /**
     * {@inheritDoc}
     *
     * <p>Takes one round trip to Redis and one fsync, and for kills one fsync more.
     *
     * @throws ControlLogException if Redis cannot be reached, or does not take it, or the copy cannot be written, or the log is closed
     * @throws IllegalArgumentException if a decision takes more than 16 MiB in the log; nothing is appended then
     */
    @Override
    public List<Entry> append(List<Decision> decisions) {
        requireOpen();
        return appends.append(List.copyOf(decisions));
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        requireOpen();
        return appends.appendIf(expectedSeq, Objects.requireNonNull(decision, "decision"));
    }

    /** {@inheritDoc} It is read from this process's copy. */
    @Override
    public List<Entry> read(long after, int limit) {
        requireOpen();
        after(after);
        if (limit < 1) {
            throw new IllegalArgumentException("limit is " + limit + ": expected 1 or more");
        }
        return List.copyOf(copy.read(after, limit));
    }

    /**
     * {@inheritDoc}
     *
     * <p>The follower is called on the thread that this instance keeps for its followers; one that is slow delays the others, and this
     * process's heartbeat. A batch that is under way when the subscription is closed may still be handed over.
     */
    @Override
    public Subscription follow(long after, Consumer<List<Entry>> consumer) {
        requireOpen();
        after(after);
        Follower follower = new Follower(after, Objects.requireNonNull(consumer, "follower"));
        following.add(follower);
        return () -> following.remove(follower);
    }

    private static void after(long after) {
        if (after < 0) {
            throw new IllegalArgumentException("after is " + after + ": expected 0 or more");
        }
    }

    /** Where this process's copy ends. */
    @Override
    public Head head() {
        return copy.head();
    }

    @Override
    public byte[] identitySecret() {
        return identity.secret();
    }

    @Override
    public Subscription onReplaced(Runnable listener) {
        Objects.requireNonNull(listener, "listener");
        following.add(listener);
        return () -> following.remove(listener);
    }

    @Override
    public Subscription onKill(Consumer<Entry> listener) {
        Objects.requireNonNull(listener, "listener");
        following.arrivals().add(listener);
        return () -> following.arrivals().remove(listener);
    }

    @Override
    public List<Decision> owed() {
        return owed.all();
    }

    @Override
    public boolean known() {
        return freshness.known() && identity.known();
    }

    @Override
    public Duration staleness() {
        return freshness.staleness();
    }

    @Override
    public String instance() {
        return observer ? "" : instance;
    }

    @Override
    public void applied(Head head) {
        if (observer) {
            return;
        }
        presence.applied(Objects.requireNonNull(head, "head"));
    }

    @Override
    public List<Instance> instances() {
        requireOpen();
        return presence.instances();
    }

    /**
     * Writes the entries that are in no archive yet, but for the last ones, to a file, and moves them out of the stream.
     *
     * <p>The file has their lines as they are; with the archives before it and the rest of the log it is the whole record. An entry
     * {@code log-archived} names its digest before anything is moved. This process's copy keeps all entries, and new processes read them from
     * segments in Redis. What an archive that was ended halfway left behind is finished first.
     *
     * @param file that does not exist, on a local disk
     * @param keep how many of the last entries stay in the stream, zero or more
     * @throws IllegalArgumentException if {@code keep} is negative, or the file exists and holds something else
     * @throws ControlLogException if the file cannot be written, Redis cannot be reached, or another process archives now
     */
    public Archived archive(Path file, long keep) {
        requireOpen();
        return new Archive(this, link, keys, clock).run(file, keep);
    }

    /** How many processes it remembers to be on the list. */
    int remembered() {
        return presence.remembered();
    }

    /** Where the copy is. */
    Path directory() {
        return directory.path();
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        presence.close();
        following.close(timeout);
        link.close();
        int left = owed.all().size();
        if (left > 0) {
            LOG.warn(
                    "log \"{}\": {} decisions are owed to it still; they are in {}",
                    name,
                    left,
                    directory.file(".owed"));
        }
        closeAll(List.of(directory, owed, copy));
    }

    /** The last first. */
    private static void closeAll(List<Closeable> opened) {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (IOException e) {
                LOG.warn("a file of the control log could not be closed: {}", e.getMessage());
            }
        }
    }

    private void requireOpen() {
        if (closed.get()) {
            throw new ControlLogException("control log \"" + name + "\" is closed");
        }
    }
}
