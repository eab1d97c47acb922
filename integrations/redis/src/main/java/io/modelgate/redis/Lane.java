package io.modelgate.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.modelgate.control.ControlLogException;
import io.modelgate.redis.Connector.Connection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One connection that comes back by itself, 50 to 150 ms after it was lost and again and again from then on. While there is
 * none, whatever is asked fails at once: nothing is kept to be run later, when it may mean something else. Thread-safe.
 */
final class Lane implements RedisConnectionStateListener {

    private static final int SHORTEST_PAUSE_MILLIS = 50;
    private static final int LONGEST_PAUSE_MILLIS = 150;
    private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(10);
    private static final int ATTEMPT_COMMANDS = 5;

    private final Connector connector;
    private final Failures failures;
    private final Duration timeout;
    private final ScheduledExecutorService timer;
    private final Runnable onConnect;

    private @Nullable Connection current;
    private String problem = "no connection was made yet";
    private boolean refused;
    private boolean turnedAway;
    private boolean closed;

    Lane(Connector connector, Failures failures, Duration timeout, ScheduledExecutorService timer, Runnable onConnect) {
        this.connector = connector;
        this.failures = failures;
        this.timeout = timeout;
        this.timer = timer;
        this.onConnect = onConnect;
    }

    /** Tries to connect; does not wait for it. */
    void connect() {
        synchronized (this) {
            if (closed || current != null) {
                return;
            }
        }
        CompletableFuture<Connection> attempt;
        try {
            attempt = connector.connect(timeout).toCompletableFuture();
        } catch (RuntimeException e) {
            attempt = CompletableFuture.failedFuture(e);
        }
        // A server that is stopped in the middle of an attempt never answers it.
        CompletableFuture<Connection> timed = new CompletableFuture<>();
        CompletableFuture<Connection> unused = attempt.whenComplete((made, failure) -> {
            if (failure != null) {
                timed.completeExceptionally(failure);
            } else if (!timed.complete(made)) {
                made.end();
            }
        });
        CompletableFuture<Connection> ignored = timed.orTimeout(longestAttempt(), TimeUnit.NANOSECONDS)
                .whenComplete((made, failure) -> {
                    try {
                        arrived(made, failure);
                    } catch (Throwable e) {
                        // Whatever it is, the next attempt is this lane's only way back.
                        again();
                    }
                });
    }

    private long longestAttempt() {
        return Math.max(LONGEST_ATTEMPT.toNanos(), ATTEMPT_COMMANDS * timeout.toNanos());
    }

    private void arrived(@Nullable Connection made, @Nullable Throwable failure) {
        if (made != null) {
            use(made);
        } else if (failure != null) {
            synchronized (this) {
                // A server that refuses a user may close the connection before it has said so.
                boolean said = Failures.reply(failure).isPresent();
                if (said || !refused || !Failures.isLoss(failure)) {
                    problem = failures.why(failure);
                }
                refused = said || (refused && Failures.isLoss(failure));
                turnedAway = refused || Failures.nobodyListens(failure);
            }
            again();
        }
    }

    private void use(Connection made) {
        made.connection().addListener(this);
        boolean kept;
        synchronized (this) {
            kept = !closed;
            if (kept) {
                current = made;
                notifyAll();
            }
        }
        if (!kept) {
            made.end();
        } else if (!made.connection().isOpen()) {
            // Lost before it was listened to.
            drop(made, "the connection was lost");
        } else {
            onConnect.run();
        }
    }

    private void again() {
        synchronized (this) {
            if (closed) {
                return;
            }
        }
        long pause = ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS + 1);
        Future<?> ignored = timer.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
        Connection lost;
        synchronized (this) {
            lost = current;
        }
        if (lost != null && connection.equals(lost.connection())) {
            drop(lost, "the connection was lost");
        }
    }

    private void drop(Connection lost, String why) {
        synchronized (this) {
            if (closed || !lost.equals(current)) {
                return;
            }
            current = null;
            problem = why;
        }
        try {
            lost.end();
        } finally {
            again();
        }
    }

    /** Whether something can be asked now. */
    synchronized boolean up() {
        return current != null;
    }

    /** Waits until something can be asked; false if it still cannot after that time. */
    synchronized boolean awaitUp(Duration longest) throws InterruptedException {
        CompletableFuture<Boolean> over =
                new CompletableFuture<Boolean>().completeOnTimeout(true, longest.toNanos(), TimeUnit.NANOSECONDS);
        CompletableFuture<Void> ignored = over.thenRun(() -> {
            synchronized (this) {
                notifyAll();
            }
        });
        while (current == null && !closed && !over.isDone()) {
            wait();
        }
        over.complete(true);
        return current != null;
    }

    /** Whether nothing can be asked because the last attempt to connect was answered with no. */
    synchronized boolean turnedAway() {
        return current == null && turnedAway;
    }

    /** Why nothing can be asked now. */
    synchronized String problem() {
        return problem;
    }

    /**
     * Asks something; completes exceptionally, with a {@link ControlLogException} and nothing else, if there is no
     * connection, Redis refuses, or it does not answer in time. In the last case the connection is given up.
     */
    <T> CompletableFuture<T> ask(
            Function<RedisClusterAsyncCommands<byte[], byte[]>, CompletionStage<T>> question,
            Duration longest,
            @Nullable Script script) {
        Connection asked;
        synchronized (this) {
            if (closed) {
                return CompletableFuture.failedFuture(failures.closed());
            }
            if (current == null) {
                return CompletableFuture.failedFuture(failures.down(problem));
            }
            asked = current;
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            CompletableFuture<T> sent = question.apply(asked.commands()).toCompletableFuture();
            CompletableFuture<T> ignored = sent.whenComplete((value, failure) -> settle(answer, value, failure));
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
        CompletableFuture<T> timed = answer.orTimeout(longest.toNanos(), TimeUnit.NANOSECONDS);
        return timed.handle((value, failure) -> {
            if (failure == null) {
                return value;
            }
            if (Failures.ends(failure)) {
                drop(asked, failures.why(failure));
            }
            if (failure instanceof TimeoutException) {
                throw failures.late(longest);
            }
            throw failures.asked(failure, script);
        });
    }

    private static <T> void settle(CompletableFuture<T> answer, T value, @Nullable Throwable failure) {
        if (failure == null) {
            answer.complete(value);
        } else {
            answer.completeExceptionally(failure);
        }
    }

    /** Asks nothing any more and ends its connection, also one that is just being made; does not wait for that. */
    void close() {
        Connection last;
        synchronized (this) {
            closed = true;
            last = current;
            current = null;
            problem = "this process closed it";
            notifyAll();
        }
        if (last != null) {
            last.end();
        }
    }
}
