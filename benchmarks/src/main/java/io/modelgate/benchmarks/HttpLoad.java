package io.modelgate.benchmarks;

import io.modelgate.benchmarks.fleet.Series;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at fixed times, whether or not the ones before were answered, on connections that are kept. The time of each runs from when it
 * was to be sent: so one that had to wait for another counts its waiting. For one thread.
 */
final class HttpLoad implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final InetSocketAddress address;
    private final ExecutorService senders = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "load");
        thread.setDaemon(true);
        return thread;
    });
    private final Deque<Connection> idle = new ArrayDeque<>();
    private long refused;

    HttpLoad(URI server) {
        address = new InetSocketAddress(server.getHost(), server.getPort());
    }

    /** Waits until a time, sends a request then on a thread of its own, and adds what it took to a series. */
    void sendAt(long nanos, String request, Series series) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        senders.execute(() -> {
            boolean accepted = send(request);
            long took = System.nanoTime() - nanos;
            synchronized (this) {
                series.add(took);
                refused += accepted ? 0 : 1;
            }
        });
    }

    private boolean send(String request) {
        try {
            Connection connection = take();
            int status = connection.exchange(request);
            give(connection);
            return status >= 200 && status < 300;
        } catch (IOException e) {
            return false;
        }
    }

    private synchronized Connection take() throws IOException {
        Connection connection = idle.poll();
        return connection == null ? new Connection(address) : connection;
    }

    private synchronized void give(Connection connection) {
        idle.push(connection);
    }

    /** How many were not answered, or with something else than success. */
    synchronized long refused() {
        return refused;
    }

    /** Waits until everything that was sent is answered. */
    void await() throws InterruptedException {
        senders.shutdown();
        if (!senders.awaitTermination(PATIENCE_MILLIS, TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("requests are not answered within " + PATIENCE_MILLIS + " ms");
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
        idle.forEach(Connection::close);
    }

    /** One connection of HTTP, used by one thread at a time. */
    static final class Connection {

        private final Socket socket = new Socket();
        private final InputStream in;

        Connection(InetSocketAddress address) throws IOException {
            socket.setTcpNoDelay(true);
            socket.connect(address, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        }

        /** Sends a request, reads the whole answer and returns its status. */
        int exchange(String request) throws IOException {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String start = line();
            int length = 0;
            for (String header = line(); !header.isEmpty(); header = line()) {
                String lower = header.toLowerCase(Locale.ROOT);
                if (lower.startsWith("content-length:")) {
                    length = Integer.parseInt(
                            lower.substring("content-length:".length()).strip());
                }
            }
            in.skipNBytes(length);
            return Integer.parseInt(start.substring(9, 12));
        }

        /** Sends a request and reads until the other side ends it. */
        void read(String request) throws IOException {
            socket.setSoTimeout(0);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            byte[] bytes = new byte[1 << 16];
            while (in.read(bytes) >= 0) {
                // What is said is of no matter here.
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new EOFException("the connection was closed");
                }
                if (b != '\r') {
                    line.append((char) b);
                }
            }
            return line.toString();
        }

        void close() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
