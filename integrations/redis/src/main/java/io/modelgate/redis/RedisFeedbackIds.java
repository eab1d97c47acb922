package io.modelgate.redis;

import static io.modelgate.redis.RedisLink.bytes;

import io.modelgate.FeedbackIds;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for a whole fleet which feedback was given, on Redis 6.2 or newer, or Valkey: one key for each label of an outcome, which
 * expires with it, by the clock of Redis or of whoever gave it, whichever is later; about 200 bytes. Thread-safe.
 *
 * <pre>{@code
 * Gates.open(g -> g.feedbackIds(RedisFeedbackIds.open(r -> r.uri("rediss://redis.internal:6379").name("credit"))));
 * }</pre>
 *
 * <p>It connects by itself, again and again; meanwhile feedback is refused with an exception and may be given again. What Redis loses, by a
 * failover or because it evicts keys, is taken again if it is given again. Where an answer never came, the next attempt of the same
 * process finds out whether Redis had taken it, unless {@value #UNSURE} such attempts came after it: then, if Redis had taken it, that label is lost.
 */
public final class RedisFeedbackIds implements FeedbackIds {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{22}");

    /**
     * So many attempts are known whose answers never came, 2 MB at the most. Beyond it the id that was not tried again for longest is forgotten, and
     * its feedback lost if Redis had taken it.
     */
    static final int UNSURE = 10_000;

    private static final Script REMEMBER = Script.load("remember");
    private static final Long TAKEN = 1L;

    private final RedisLink link;
    private final String name;
    private final Duration askTimeout;
    private final String process = UUID.randomUUID().toString().substring(0, 18);
    private final AtomicLong attempts = new AtomicLong();
    private final Unsure unsure = new Unsure(UNSURE);

    private RedisFeedbackIds(RedisAddress address, RedisFeedbackIdsBuilder config) {
        name = config.name;
        askTimeout = config.askTimeout;
        link = RedisLink.open(address, askTimeout);
    }

    /**
     * Begins to connect and does not wait for it.
     *
     * @throws IllegalArgumentException if a setting is out of range or does not go with the URI, or there is none
     */
    public static RedisFeedbackIds open(Consumer<RedisFeedbackIdsBuilder> configure) {
        RedisFeedbackIdsBuilder config = new RedisFeedbackIdsBuilder();
        configure.accept(config);
        return new RedisFeedbackIds(config.address(), config);
    }

    @Override
    public boolean first(String id, Instant now, Instant expires) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("id is not 22 letters, digits, '-' or '_'");
        }
        byte[] key = bytes("modelgate:{" + name + "/" + id + "}:feedback");
        long left = Math.max(1, Duration.between(now, expires).toMillis());
        List<String> earlier = unsure.take(id);
        String attempt = earlier.isEmpty() ? process + "." + attempts.incrementAndGet() : earlier.get(0);
        AtomicBoolean handedOver = new AtomicBoolean();
        try {
            link.awaitConnected(askTimeout);
            List<Object> reply = link.eval(
                    REMEMBER,
                    List.of(key),
                    List.of(bytes(attempt), bytes(Long.toString(expires.toEpochMilli())), bytes(Long.toString(left))),
                    () -> handedOver.set(true));
            return reply.get(0).equals(TAKEN) || (!earlier.isEmpty() && earlier.contains(holder(key)));
        } catch (RuntimeException | Error e) {
            unsure.keep(id, earlier.isEmpty() && handedOver.get() ? List.of(attempt) : earlier);
            throw e;
        }
    }

    private String holder(byte[] key) {
        byte @Nullable [] holder = link.call(redis -> redis.get(key));
        return holder == null ? "" : RedisLink.text(holder);
    }

    /** Of how many attempts it is not known what became of them. */
    int unsure() {
        return unsure.size();
    }

    @Override
    public void close() {
        link.close();
    }

    /** For messages: where it is, without credentials. */
    @Override
    public String toString() {
        return "feedback ids " + name + " on " + link.address();
    }
}
