package io.modelgate.testkit;

import io.modelgate.Ticker;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * A real redis-server on a loopback port, for tests: it is started, killed, stopped and started again on the same port
 * with the same directory. The binary comes from {@code com.github.codemonstur:embedded-redis} if that is on the class
 * path, else from the PATH; {@link #available()} says whether there is one.
 *
 * <pre>{@code
 * try (RedisServer redis = RedisServer.create().config("maxmemory 64mb").start()) {
 *     redis.command("SET", "k", "v");
 *     redis.kill();
 *     redis.restart();
 * }
 * }</pre>
 *
 * <p>By default every write is in an append-only file that is fsynced each second, and there are no snapshots. Configure
 * from one thread, before the first start; the other methods are thread-safe.
 */
public final class RedisServer implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(30);
    private static final int ASK_MILLIS = 5_000;
    private static final String CONFIGURATION = "redis.conf";
    private static final String LOG = "redis.out";
    private static final String NONE =
            "no redis-server: neither is embedded-redis on the class path nor is there a redis-server on the PATH";

    private final List<String> lines = new ArrayList<>();
    private final boolean sentinel;
    private int port = Ports.free();
    private @Nullable String password;
    private @Nullable Path directory;
    private boolean ownDirectory;
    private boolean written;
    private volatile @Nullable Process process;

    private RedisServer(boolean sentinel) {
        this.sentinel = sentinel;
    }

    /** Whether this machine has a redis-server that tests can start. */
    public static boolean available() {
        return RedisBinary.find().isPresent();
    }

    /**
     * Skips the running test if there is no redis-server, except where the system property or the environment variable
     * {@code CI} is {@code true}: there it fails.
     *
     * @throws IllegalStateException if there is none and this is CI
     */
    public static void assumeAvailable() {
        boolean ci = Boolean.getBoolean("CI") || Boolean.parseBoolean(System.getenv("CI"));
        if (ci && !available()) {
            throw new IllegalStateException(NONE);
        }
        Assumptions.assumeTrue(available(), NONE);
    }

    /** A server that is not started yet. */
    public static RedisServer create() {
        return new RedisServer(false)
                .config("appendonly yes")
                .config("appendfsync everysec")
                .config("save \"\"")
                .config("repl-diskless-sync-delay 0");
    }

    /**
     * A sentinel, not started yet, that watches a master and fails over after it was silent for two seconds: it asks once a
     * second, and would take a master that it has just begun to ask for silent with less.
     *
     * @param master the master's name among the sentinels
     * @param server the master, whose port does not change any more
     * @param quorum how many sentinels must agree that it is down, at least 1
     * @throws IllegalArgumentException if the quorum is below 1
     */
    public static RedisServer sentinel(String master, RedisServer server, int quorum) {
        if (quorum < 1) {
            throw new IllegalArgumentException("quorum must be at least 1, was " + quorum);
        }
        RedisServer watcher = new RedisServer(true)
                .config("sentinel monitor " + master + " 127.0.0.1 " + server.port + " " + quorum)
                .config("sentinel down-after-milliseconds " + master + " 2000")
                .config("sentinel failover-timeout " + master + " 3000");
        return server.password == null
                ? watcher
                : watcher.config("sentinel auth-pass " + master + " " + server.password);
    }

    /** Adds a line of {@code redis.conf}; a later line of the same name counts. */
    public RedisServer config(String line) {
        unwritten();
        lines.add(line);
        return this;
    }

    /** Where it keeps its data; by default a temporary directory that {@link #close()} deletes. */
    public RedisServer directory(Path path) {
        unwritten();
        directory = path;
        return this;
    }

    /** The password of the default user, which {@link #uri()} and {@link #command} then use. */
    public RedisServer password(String secret) {
        password = secret;
        return config("requirepass " + secret).config("masterauth " + secret);
    }

    /** Makes it a replica of another server, whose port does not change any more. */
    public RedisServer replicaOf(RedisServer master) {
        if (master.password != null) {
            password(master.password);
        }
        return config("replicaof 127.0.0.1 " + master.port);
    }

    /**
     * Starts it and waits until it answers a PING.
     *
     * @throws IllegalStateException if there is no binary, if it runs already, or if it does not answer; then with what it
     *     wrote
     */
    public synchronized RedisServer start() {
        if (alive()) {
            throw new IllegalStateException("this server runs already");
        }
        Path binary = RedisBinary.find().orElseThrow(() -> new IllegalStateException(NONE));
        try {
            Path configuration = configuration();
            List<String> command = new ArrayList<>(List.of(binary.toString(), configuration.toString()));
            if (sentinel) {
                command.add("--sentinel");
            }
            Process started = new ProcessBuilder(command)
                    .directory(directory().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            directory().resolve(LOG).toFile()))
                    .start();
            process = started;
            RedisServers.add(started);
            awaitAnswer(started);
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start a redis-server", e);
        }
    }

    /** Ends it as {@code kill -9} does, and waits until it is gone; its directory stays. Nothing if it does not run. */
    public synchronized void kill() {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroyForcibly();
        try {
            running.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a redis-server was ended", e);
        }
        RedisServers.remove(running);
        process = null;
    }

    /** Stops its process (SIGSTOP): connections stay open and nothing is answered. */
    public void stop() {
        signal("STOP");
    }

    /** Lets a stopped process go on (SIGCONT). */
    public void resume() {
        signal("CONT");
    }

    /** Kills it if it runs, and starts it on the same port with the same directory. */
    public synchronized RedisServer restart() {
        kill();
        return start();
    }

    /** Whether its process runs or is stopped. */
    public boolean alive() {
        Process running = process;
        return running != null && running.isAlive();
    }

    /** Its loopback port, the same over restarts. */
    public int port() {
        return port;
    }

    /** Its URI for clients, with its password if it has one. */
    public String uri() {
        return uri(port);
    }

    /** Its URI with another loopback port, as one reaches it through a proxy. */
    public String uri(int otherPort) {
        return "redis://" + (password == null ? "" : ":" + password + "@") + "127.0.0.1:" + otherPort;
    }

    /** Where its configuration, its data and its output are. */
    public synchronized Path directory() {
        if (directory == null) {
            try {
                directory = Files.createTempDirectory("redis-server");
                ownDirectory = true;
            } catch (IOException e) {
                throw new UncheckedIOException("no temporary directory", e);
            }
        }
        return directory;
    }

    /** What it wrote to its output so far. */
    public String output() {
        Path log = directory().resolve(LOG);
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            return "unreadable output: " + e;
        }
    }

    /**
     * Asks it something on a connection of its own and returns the reply: a string, a {@code Long}, a list of these, or
     * null.
     *
     * @throws IllegalStateException with the server's words if it refuses
     * @throws UncheckedIOException if it does not answer within five seconds
     */
    public @Nullable Object command(String... words) {
        try {
            Object reply = ask(ASK_MILLIS, words);
            if (reply instanceof RedisWire.Refused refused) {
                throw new IllegalStateException(words[0] + ": " + refused.message());
            }
            return reply;
        } catch (IOException e) {
            throw new UncheckedIOException(words[0] + " got no answer from port " + port, e);
        }
    }

    /** Kills it and, if its directory is a temporary one, deletes that. */
    @Override
    public synchronized void close() {
        kill();
        if (ownDirectory && directory != null) {
            delete(directory);
            directory = null;
            ownDirectory = false;
            written = false;
        }
    }

    private @Nullable Object ask(int timeoutMillis, String... words) throws IOException {
        try (RedisWire wire = new RedisWire(port, timeoutMillis)) {
            if (password != null) {
                wire.ask("AUTH", password);
            }
            return wire.ask(words);
        }
    }

    private void awaitAnswer(Process started) {
        Ticker ticker = Ticker.system();
        long began = ticker.read();
        while (ticker.read() - began < START.toNanos()) {
            try {
                if (started.waitFor(10, TimeUnit.MILLISECONDS)) {
                    break;
                }
                Object reply = ask(1_000, "PING");
                boolean loading = reply instanceof RedisWire.Refused refused
                        && refused.message().startsWith("LOADING");
                if (!loading) {
                    return;
                }
            } catch (IOException e) {
                // Not listening yet.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        kill();
        throw new IllegalStateException("redis-server did not start on port " + port + "; it wrote:\n" + output());
    }

    /** Written once: replicas and sentinels change their own file when they fail over. */
    private Path configuration() throws IOException {
        Path file = directory().resolve(CONFIGURATION);
        if (!written) {
            List<String> all = new ArrayList<>();
            all.add("port " + port);
            all.add("bind 127.0.0.1");
            all.add("dir \"" + directory() + "\"");
            all.add("daemonize no");
            all.addAll(lines);
            Files.createDirectories(directory());
            Files.write(file, all);
            written = true;
        }
        return file;
    }

    private void unwritten() {
        if (written) {
            throw new IllegalStateException("configure a server before its first start");
        }
    }

    private void signal(String name) {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("this server does not run");
        }
        try {
            int exit = new ProcessBuilder("/bin/kill", "-" + name, String.valueOf(running.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException("kill -" + name + " ended with " + exit);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot signal a redis-server", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a redis-server was signalled", e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + folder, e);
        }
    }
}
