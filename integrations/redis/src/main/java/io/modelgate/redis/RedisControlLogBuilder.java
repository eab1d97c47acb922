package io.modelgate.redis;

import io.modelgate.Ticker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says where a {@link RedisControlLog} is and how this process takes part in it. Not thread-safe. */
public final class RedisControlLogBuilder extends Access<RedisControlLogBuilder> {

    private static final int SECRET_BYTES = 16;
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final Duration LONGEST = Duration.ofHours(1);

    @Nullable
    RedisAddress address;

    boolean observer;

    String name = "modelgate";

    @Nullable
    Path directory;

    boolean copy = true;

    @Nullable
    String instance;

    byte @Nullable [] secret;

    StartPolicy start = StartPolicy.KILLED;
    Duration heartbeat = Duration.ofSeconds(1);
    Duration liveFor = Duration.ofSeconds(3);
    Duration commandTimeout = Duration.ofSeconds(1);
    Ticker ticker = Ticker.system();
    InstantSource clock = InstantSource.system();

    RedisControlLogBuilder() {}

    @Override
    RedisControlLogBuilder self() {
        return this;
    }

    /** Instead of the URI and the login. */
    RedisControlLogBuilder address(RedisAddress where) {
        address = where;
        return this;
    }

    /** For who looks and goes, and is none of the processes that serve. */
    RedisControlLogBuilder observer() {
        observer = true;
        return this;
    }

    /**
     * Where Redis is and who asks it.
     *
     * @throws IllegalArgumentException if the URI is not understood, or a setting does not go with it; without credentials
     */
    RedisAddress address() {
        return address != null
                ? address
                : address("uri is missing: say where Redis is, for instance uri(\"redis://localhost\")");
    }

    /**
     * Sets the log's name on that Redis, part of its keys and of the names of its files. Default: {@code modelgate}.
     *
     * @throws IllegalArgumentException unless it is 1 to 100 letters, digits, '.', '_' or '-', the first a letter or digit
     */
    public RedisControlLogBuilder name(String logName) {
        name = name("name", logName);
        return this;
    }

    /** Sets the directory of this process's copy of the log and of what it owes the log; it must exist, on a local disk, for this process alone. Required, unless {@link #withoutCopy}. */
    public RedisControlLogBuilder directory(Path path) {
        directory = Objects.requireNonNull(path, "directory");
        copy = true;
        return this;
    }

    /**
     * Keeps nothing on this machine beyond the life of this instance, for tools that look and go: without Redis it knows nothing, and a kill
     * that Redis does not take ends with the process.
     */
    public RedisControlLogBuilder withoutCopy() {
        copy = false;
        return this;
    }

    /**
     * Sets this process's name among the instances; no two processes may have the same. Default: made of host, process and chance.
     *
     * @throws IllegalArgumentException unless it is 1 to 100 letters, digits, '.', '_' or '-'
     */
    public RedisControlLogBuilder instance(String instanceName) {
        if (!instanceName.matches("[a-zA-Z0-9._-]{1,100}")) {
            throw new IllegalArgumentException(
                    "instance is \"" + instanceName + "\": expected 1 to 100 letters, digits, '.', '_' or '-'");
        }
        instance = instanceName;
        return this;
    }

    /**
     * Sets the secret under which callers' identities are hashed, the same for all processes; then it is never in Redis. Default: the first process makes one, which is in Redis.
     *
     * @throws IllegalArgumentException if it has less than 16 bytes
     */
    public RedisControlLogBuilder identitySecret(byte[] identitySecret) {
        if (identitySecret.length < SECRET_BYTES) {
            throw new IllegalArgumentException(
                    "identitySecret has " + identitySecret.length + " bytes: expected 16 or more");
        }
        secret = identitySecret.clone();
        return this;
    }

    /**
     * Sets what happens at a start without Redis and without a copy. Default: {@link StartPolicy#KILLED}; {@link StartPolicy#OPEN} needs
     * an {@link #identitySecret}.
     */
    public RedisControlLogBuilder startWithoutRedis(StartPolicy policy) {
        start = Objects.requireNonNull(policy, "policy");
        return this;
    }

    /**
     * Sets how often this process says what it has applied, besides at once. Default: a second.
     *
     * @throws IllegalArgumentException unless it is 1 ms to 1 hour
     */
    public RedisControlLogBuilder heartbeat(Duration every) {
        heartbeat = range("heartbeat", every);
        return this;
    }

    /**
     * Sets for how long after its last heartbeat a process counts as live; more than the heartbeat. Default: 3 seconds.
     *
     * @throws IllegalArgumentException unless it is 1 ms to 1 hour
     */
    public RedisControlLogBuilder liveFor(Duration silence) {
        liveFor = range("liveFor", silence);
        return this;
    }

    /**
     * Sets how long a command to Redis, and connecting to it, may take. Default: a second.
     *
     * @throws IllegalArgumentException unless it is 1 ms to 1 hour
     */
    public RedisControlLogBuilder commandTimeout(Duration timeout) {
        commandTimeout = range("commandTimeout", timeout);
        return this;
    }

    /** Sets the source of elapsed time. Default: the system's. */
    public RedisControlLogBuilder ticker(Ticker elapsed) {
        ticker = Objects.requireNonNull(elapsed, "ticker");
        return this;
    }

    /** Sets the source of timestamps, for reports of this log and the age of a copy. Default: the system's. */
    public RedisControlLogBuilder clock(InstantSource timestamps) {
        clock = Objects.requireNonNull(timestamps, "clock");
        return this;
    }

    private static Duration range(String parameter, Duration value) {
        if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(parameter + " is " + value + ": expected 1 ms to 1 hour");
        }
        return value;
    }

    /** Checks what belongs together. */
    void check() {
        if (copy && directory == null) {
            throw new IllegalArgumentException(
                    "directory is missing: say where this process keeps its copy of the log, or"
                            + " withoutCopy() for a tool that looks and goes");
        }
        if (start == StartPolicy.OPEN && secret == null) {
            throw new IllegalArgumentException(
                    "startWithoutRedis is OPEN and identitySecret is missing: a process that may serve before"
                            + " it has reached Redis has to be told the secret under which all processes hash callers; add identitySecret(…)");
        }
        if (liveFor.compareTo(heartbeat) <= 0) {
            throw new IllegalArgumentException(
                    "liveFor is " + liveFor + ": expected more than the heartbeat, " + heartbeat);
        }
    }
}
