package io.modelgate.redis;

import io.lettuce.core.RedisFuture;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.modelgate.control.ControlLog.Subscription;
import io.modelgate.control.ControlLogException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * This process's connections to one Redis: one for commands, and one for reads that wait. Everything that fails does so as a
 * {@link ControlLogException} without credentials, and at once while there is no connection. Thread-safe.
 */
final class RedisLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

    private final RedisAddress address;
    private final Duration timeout;
    private final Failures failures;
    private final Connector connector;
    private final Lane commands;
    private final Lane waiting;
    private final AtomicBoolean waits = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    private RedisLink(RedisAddress address, Duration timeout) {
        this.address = address;
        this.timeout = timeout;
        ClientResources resources = ClientPool.take();
        boolean made = false;
        try {
            failures = new Failures(address);
            connector = new Connector(address, timeout, resources);
            commands = new Lane(connector, failures, timeout, resources.eventExecutorGroup(), this::connected);
            waiting = new Lane(connector, failures, timeout, resources.eventExecutorGroup(), () -> {});
            made = true;
        } finally {
            if (!made) {
                ClientPool.release();
            }
        }
    }

    /**
     * Begins to connect, and does not wait for it: {@link #awaitConnected} does.
     *
     * @param timeout how long a command may take, more than zero
     */
    static RedisLink open(RedisAddress address, Duration timeout) {
        RedisLink link = new RedisLink(address, timeout);
        link.commands.connect();
        return link;
    }

    /** Where this leads, without credentials. */
    RedisAddress address() {
        return address;
    }

    /** Whether there is a connection for commands now. */
    boolean isConnected() {
        return commands.up();
    }

    /** Why there is no connection for commands; of no meaning while there is one. */
    String problem() {
        return commands.problem();
    }

    /** Whether there is no connection because whoever was asked last said no, rather than nothing. */
    boolean turnedAway() {
        return commands.turnedAway();
    }

    /** Waits for a connection for commands; false if there is none after that time. */
    boolean awaitConnected(Duration longest) {
        try {
            return commands.awaitUp(longest);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Calls a listener, on a thread that must not be held up, each time a connection for commands was made. */
    Subscription onReconnect(Runnable listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }

    private void connected() {
        for (Runnable listener : listeners) {
            try {
                listener.run();
            } catch (RuntimeException e) {
                LOG.error("a listener of the connection to Redis {} failed", address, e);
            }
        }
    }

    /** Runs a script and waits for its reply: byte arrays, {@link Long}s and lists of these. */
    List<Object> eval(Script script, List<byte[]> keys, List<byte[]> arguments) {
        return await(evalAsync(script, keys, arguments));
    }

    /**
     * As {@link #eval(Script, List, List)}.
     *
     * @param handingOver run just before Redis may come to know of it; never if there is no connection
     */
    List<Object> eval(Script script, List<byte[]> keys, List<byte[]> arguments, Runnable handingOver) {
        return await(evalAsync(script, keys, arguments, handingOver));
    }

    /** As {@link #eval(Script, List, List)}; completes on a thread that must not be held up. */
    CompletableFuture<List<Object>> evalAsync(Script script, List<byte[]> keys, List<byte[]> arguments) {
        return evalAsync(script, keys, arguments, () -> {});
    }

    private CompletableFuture<List<Object>> evalAsync(
            Script script, List<byte[]> keys, List<byte[]> arguments, Runnable handingOver) {
        byte[][] names = keys.toArray(byte[][]::new);
        byte[][] values = arguments.toArray(byte[][]::new);
        return commands.ask(
                redis -> {
                    handingOver.run();
                    return run(redis, script, names, values);
                },
                timeout,
                script);
    }

    private static CompletionStage<List<Object>> run(
            RedisClusterAsyncCommands<byte[], byte[]> redis, Script script, byte[][] keys, byte[][] values) {
        RedisFuture<List<Object>> known = redis.evalsha(script.sha(), ScriptOutputType.MULTI, keys, values);
        return known.handle((reply, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(reply);
                    }
                    return Failures.noScript(failure)
                            ? redis.<List<Object>>eval(script.text(), ScriptOutputType.MULTI, keys, values)
                                    .toCompletableFuture()
                            : CompletableFuture.<List<Object>>failedFuture(failure);
                })
                .thenCompose(Function.identity());
    }

    /** Asks something over the connection for commands, and waits for the reply. */
    <T> T call(Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
        return await(callAsync(question));
    }

    /** As {@link #call}; completes on a thread that must not be held up. */
    <T> CompletableFuture<T> callAsync(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question) {
        return commands.ask(question, timeout, null);
    }

    /**
     * Reads up to {@code limit} entries of a stream, whose ids are {@code SEQ-0}, after a sequence number, as soon as there is one; null if none came
     * in that time. It waits on a connection of its own, for one question at a time, and completes on a thread that must not be held up.
     *
     * @param block how long to wait, at least a millisecond
     */
    CompletableFuture<List<StreamMessage<byte[], byte[]>>> reading(
            byte[] stream, long after, int limit, Duration block) {
        if (waits.compareAndSet(false, true)) {
            waiting.connect();
        }
        try {
            if (!waiting.awaitUp(timeout)) {
                throw closed.get() ? failures.closed() : failures.down(waiting.problem());
            }
        } catch (InterruptedException e) {
            throw interrupted();
        }
        return waiting.ask(redis -> read(redis, stream, after, limit, block), block.plus(timeout), null);
    }

    // The client takes the streams to read as an array of a generic type.
    @SuppressWarnings("unchecked")
    private static CompletionStage<List<StreamMessage<byte[], byte[]>>> read(
            RedisClusterAsyncCommands<byte[], byte[]> redis, byte[] stream, long after, int limit, Duration block) {
        return redis.xread(
                        XReadArgs.Builder.block(block).count(limit), XReadArgs.StreamOffset.from(stream, after + "-0"))
                .thenApply(RedisLink::orNone);
    }

    /** Redis answers with nothing at all where nothing came. */
    private static <T> List<T> orNone(@Nullable List<T> found) {
        return found == null ? List.of() : found;
    }

    /** The one value of an entry of a stream. */
    static byte[] value(StreamMessage<byte[], byte[]> message) {
        return message.getBody().values().iterator().next();
    }

    private <T> T await(CompletableFuture<T> answer) {
        try {
            // It ends by itself: each question has its longest time.
            return answer.get();
        } catch (InterruptedException e) {
            throw interrupted();
        } catch (ExecutionException | CompletionException e) {
            // Thrown anew, so that it tells where this thread was.
            throw new ControlLogException(
                    e.getCause() instanceof ControlLogException known
                            ? String.valueOf(known.getMessage())
                            : failures.say(e, null));
        }
    }

    private ControlLogException interrupted() {
        Thread.currentThread().interrupt();
        return new ControlLogException("interrupted while waiting for Redis " + address);
    }

    /** The bytes of a text, for keys and arguments. */
    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** The text of a reply of bytes, or of a number. */
    static String text(Object reply) {
        return reply instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : String.valueOf(reply);
    }

    /** Ends both connections and whatever waits for them; returns at once. Idempotent. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            commands.close();
            waiting.close();
            ClientPool.release(connector, timeout);
        }
    }
}
