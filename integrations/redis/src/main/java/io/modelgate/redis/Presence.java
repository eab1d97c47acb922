package io.modelgate.redis;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says what this process has applied, and asks in the same breath where the log ends in Redis; reads what others said. Thread-safe; a beat
 * waits for nothing, and one that fails is made up for by the next.
 */
final class Presence {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);
    private static final Script BEAT = Script.load("beat");
    private static final Duration FORGET = Duration.ofHours(1);
    private static final int FORGET_EVERY = 600;

    private final RedisLink link;
    private final LogKeys keys;
    private final String name;
    private final Duration liveFor;
    private final Copy copy;
    private final Freshness freshness;
    private final Runnable onSuspicion;
    private final Roster roster;
    private final AtomicInteger wanted = new AtomicInteger();
    private volatile @Nullable Head applied;

    /** What this process has applied and its copy would bring back if it were started again. */
    private volatile Head kept = Head.EMPTY;

    private volatile boolean closed;
    private int beats;

    Presence(
            RedisLink link,
            LogKeys keys,
            String name,
            Duration liveFor,
            Copy copy,
            Freshness freshness,
            Runnable onSuspicion) {
        this.link = link;
        this.keys = keys;
        this.name = name;
        this.liveFor = liveFor;
        this.copy = copy;
        this.freshness = freshness;
        this.onSuspicion = onSuspicion;
        roster = new Roster(link, keys, freshness.now());
    }

    String name() {
        return name;
    }

    void applied(Head head) {
        applied = head;
        beat();
    }

    /** Sends a beat; if one is under way, another one after it. */
    void beat() {
        if (!closed && wanted.getAndIncrement() == 0) {
            send();
        }
    }

    private void send() {
        int served = wanted.get();
        long sent = freshness.now();
        Head head = confirmable();
        List<byte[]> arguments = List.of(
                RedisLink.bytes(head == null ? "" : name),
                LogStream.bytes(head == null ? 0 : head.seq()),
                RedisLink.bytes(head == null ? "" : head.hash()),
                LogStream.bytes(beats++ % FORGET_EVERY == 0 ? FORGET.toMillis() : 0));
        CompletableFuture<List<Object>> beat = link.evalAsync(BEAT, List.of(keys.instances, keys.log), arguments);
        CompletableFuture<Void> ignored = beat.handle((reply, failure) -> {
            if (failure == null) {
                try {
                    compare(reply, sent);
                    if (head != null) {
                        roster.beaten(((Long) reply.get(1)) == 1, freshness.now());
                    }
                } catch (Throwable e) {
                    // No reply keeps the next beat from being sent.
                    LOG.debug("what came of a heartbeat is not understood", e);
                }
            } else {
                LOG.debug("a heartbeat failed", failure);
            }
            // After a failure the next one is due at its time, not at once.
            if (failure != null) {
                wanted.set(0);
            } else if (wanted.addAndGet(-served) > 0 && !closed) {
                send();
            }
            return null;
        });
    }

    /**
     * What is to be said. An entry that the copy could not be written with is in force, and not said to be: a restart would undo it, should Redis
     * have lost it by then. Null as long as nothing is to be said at all.
     */
    private @Nullable Head confirmable() {
        Head head = applied;
        if (head == null) {
            return null;
        }
        if (head.seq() <= copy.written()) {
            kept = head;
        }
        return kept;
    }

    private void compare(List<Object> reply, long sent) {
        Head theirs = reply.size() < 4 ? Head.EMPTY : LogStream.headOf((byte[]) reply.get(2), (byte[]) reply.get(3));
        Head ours = copy.head();
        if (theirs.equals(ours)) {
            freshness.currentAt(sent);
        } else if (theirs.seq() <= ours.seq()) {
            // Shorter, another, or overtaken by an append of this process: who looks again, tells which.
            onSuspicion.run();
        }
    }

    /** How many processes are put back if Redis loses the list. */
    int remembered() {
        return roster.size();
    }

    List<Instance> instances() {
        List<Object> asked = link.eval(
                BEAT,
                List.of(keys.instances, keys.log),
                List.of(RedisLink.bytes(""), LogStream.bytes(0), RedisLink.bytes(""), LogStream.bytes(0)));
        long now = Long.parseLong(RedisLink.text(asked.get(0)));
        List<Instance> instances = new ArrayList<>();
        link.call(redis -> redis.hgetall(keys.instances))
                .forEach((instance, state) ->
                        instances.add(instance(RedisLink.text(instance), RedisLink.text(state), now)));
        instances.sort(Comparator.comparing(Instance::name));
        return instances;
    }

    private Instance instance(String instance, String state, long now) {
        String[] parts = state.split(" ", -1);
        try {
            Duration silent = Duration.ofMillis(Math.max(0, now - Long.parseLong(parts[2])));
            return new Instance(
                    instance, new Head(Long.parseLong(parts[0]), parts[1]), silent, silent.compareTo(liveFor) <= 0);
        } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
            throw new ControlLogException("field " + instance + " of " + RedisLink.text(keys.instances)
                    + " in Redis is not what a process wrote: remove it (HDEL)");
        }
    }

    /** Takes this process from the list, if Redis can be reached. */
    void close() {
        closed = true;
        if (applied != null && link.isConnected()) {
            try {
                link.call(redis -> redis.hdel(keys.instances, RedisLink.bytes(name)));
            } catch (ControlLogException e) {
                LOG.debug("{} stays among the instances until it counts as silent", name, e);
            }
        }
    }
}
