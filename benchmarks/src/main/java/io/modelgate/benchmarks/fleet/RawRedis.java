package io.modelgate.benchmarks.fleet;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The Redis of the fleet without gates: through the client that the control log uses, and on a bare socket. For use by one thread. */
final class RawRedis implements AutoCloseable {

    private static final byte[] PING = "PING\r\n".getBytes(StandardCharsets.US_ASCII);

    /** As long as an entry. */
    private static final String MESSAGE = "x".repeat(400);

    private static final byte[] ADD =
            ("XADD " + BareMessages.STREAM + " * line " + MESSAGE + "\r\n").getBytes(StandardCharsets.US_ASCII);

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> redis;
    private final String script;
    private final Socket socket;

    RawRedis(String uri, int port) {
        client = RedisClient.create(uri);
        connection = client.connect();
        redis = connection.sync();
        script = redis.scriptLoad("return 1");
        try {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
        } catch (IOException e) {
            throw new UncheckedIOException("Redis does not answer", e);
        }
    }

    /** The time of a PING on the bare socket. */
    long bare() {
        long began = System.nanoTime();
        ask(PING, 1);
        return System.nanoTime() - began;
    }

    private void ask(byte[] command, int lines) {
        try {
            socket.getOutputStream().write(command);
            InputStream in = socket.getInputStream();
            for (int ended = 0; ended < lines; ) {
                int c = in.read();
                if (c < 0) {
                    throw new IOException("the connection has ended");
                }
                ended += c == '\n' ? 1 : 0;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Redis does not answer", e);
        }
    }

    /** The time of a PING through the client. */
    long ping() {
        long began = System.nanoTime();
        redis.ping();
        return System.nanoTime() - began;
    }

    /** The time of a script that does nothing, through the client. */
    long script() {
        long began = System.nanoTime();
        Long one = redis.evalsha(script, ScriptOutputType.INTEGER);
        long nanos = System.nanoTime() - began;
        if (one == null || one != 1) {
            throw new IllegalStateException("a script that returns 1 returned " + one);
        }
        return nanos;
    }

    /** Adds a message to a stream, through the client. */
    void send() {
        redis.xadd(Messages.STREAM, "line", MESSAGE);
    }

    /** Adds a message to another stream, on the bare socket. */
    void sendBare() {
        ask(ADD, 2);
    }

    /** A number that Redis says of itself, for instance {@code used_memory}. */
    double info(String field) {
        return redis.info("everything")
                .lines()
                .filter(line -> line.startsWith(field + ":"))
                .mapToDouble(line ->
                        Double.parseDouble(line.substring(field.length() + 1).strip()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Redis does not say " + field));
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a socket of this machine does not close", e);
        }
        connection.close();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
    }
}
