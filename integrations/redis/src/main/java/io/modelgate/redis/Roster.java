package io.modelgate.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What this process remembers of the list of processes, so that one that is cut off just then does not drop out of confirmations when Redis
 * loses the list. Each process reads it now and then, the less often the longer it is, and whoever finds itself gone from it puts back all that it
 * remembers. Used by one beat at a time.
 */
final class Roster {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);
    private static final Script ENLIST = Script.load("enlist");
    private static final long SHORTEST_PAUSE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long PAUSE_FOR_EACH_NANOS = Duration.ofMillis(600).toNanos();

    /** Redis takes some thousands of arguments of a script at once. */
    private static final int CHUNK = 500;

    private final RedisLink link;
    private final LogKeys keys;
    private boolean listed;
    private volatile List<byte[]> remembered = List.of();
    private long readAt;

    Roster(RedisLink link, LogKeys keys, long now) {
        this.link = link;
        this.keys = keys;
        readAt = now; // with the first beat: the others are listed then
    }

    /** A beat of this process was taken at a time; {@code added}: it had not been listed before. */
    void beaten(boolean added, long now) {
        if (added && listed) {
            putBack();
        }
        listed = true;
        if (now - readAt >= 0) {
            long pause = Math.max(SHORTEST_PAUSE_NANOS, size() * PAUSE_FOR_EACH_NANOS);
            readAt = now + pause / 2 + ThreadLocalRandom.current().nextLong(pause);
            read();
        }
    }

    /** How many processes it remembers. */
    int size() {
        return remembered.size() / 2;
    }

    private void read() {
        CompletableFuture<Void> ignored = link.callAsync(redis -> redis.hgetall(keys.instances))
                .handle((listed, failure) -> {
                    if (failure == null && !listed.isEmpty()) {
                        remember(listed);
                    }
                    return null;
                });
    }

    private void remember(Map<byte[], byte[]> listed) {
        List<byte[]> all = new ArrayList<>(2 * listed.size());
        listed.forEach((name, state) -> {
            all.add(name);
            all.add(state);
        });
        remembered = all;
    }

    private void putBack() {
        List<byte[]> all = remembered;
        LOG.warn(
                "Redis had lost the list of processes: {} are listed again as they were last seen, and are silent until they say more",
                size());
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<byte[]> some = all.subList(from, Math.min(all.size(), from + CHUNK));
            CompletableFuture<Void> ignored = link.evalAsync(ENLIST, List.of(keys.instances), some)
                    .handle((again, failure) -> {
                        if (failure != null) {
                            LOG.warn(
                                    "processes that are cut off may be missing from confirmations: {}",
                                    failure.getMessage());
                        }
                        return null;
                    });
        }
    }
}
