package io.modelgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A network that can be broken: listens on a loopback port, forwards what comes to a target, and cuts, delays, swallows
 * or holds it on command. Its port stays the same until {@link #close()}. Thread-safe; its threads are daemons and end
 * with it.
 *
 * <pre>{@code
 * try (TcpProxy network = TcpProxy.to(redis.port())) {
 *     connect(redis.uri(network.port()));
 *     network.cut();
 *     network.heal();
 * }
 * }</pre>
 */
public final class TcpProxy implements AutoCloseable {

    private static final int CONNECT_MILLIS = 2_000;

    private final InetSocketAddress target;
    private final int port;
    private final Faults faults = new Faults();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong swallowed = new AtomicLong();
    private final AtomicLong connections = new AtomicLong();
    private @Nullable ServerSocket listener;
    private int accepting;
    private boolean closed;

    private TcpProxy(InetSocketAddress target) {
        this.target = target;
        try {
            ServerSocket first = Ports.listenSomewhere();
            port = first.getLocalPort();
            listen(first);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open a proxy", e);
        }
    }

    /** A proxy to a port of this machine. */
    public static TcpProxy to(int port) {
        return to(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** A proxy to an address. */
    public static TcpProxy to(InetSocketAddress target) {
        return new TcpProxy(target);
    }

    /** The loopback port to connect to instead of the target. */
    public int port() {
        return port;
    }

    /** Resets every connection and refuses new ones until it is healed. */
    public synchronized void cut() {
        stopListening();
        resetAll();
        awaitRefusal();
    }

    /** Everything passes at once again; what was swallowed stays lost, what was held goes on. */
    public synchronized void heal() {
        faults.clear();
        awaitRefusal();
        if (listener == null && !closed) {
            try {
                listen(Ports.listen(port));
            } catch (IOException e) {
                throw new UncheckedIOException("cannot listen on port " + port + " again", e);
            }
        }
    }

    /**
     * From now on each piece of data, either way, arrives so much later.
     *
     * @throws IllegalArgumentException if the delay is negative
     */
    public void delay(Duration each) {
        if (each.isNegative()) {
            throw new IllegalArgumentException("delay must not be negative, was " + each);
        }
        faults.delay(each);
    }

    /** From now on requests pass and replies are lost, on connections that stay open: a half-open network. */
    public void swallowReplies() {
        faults.swallowReplies();
    }

    /** From now on nothing passes either way and nothing is closed, until it is healed or cut. */
    public void hang() {
        faults.hang();
    }

    /** How many bytes passed to the target so far. */
    public long bytesSent() {
        return sent.get();
    }

    /** How many bytes passed back from the target so far, without those that were swallowed. */
    public long bytesReceived() {
        return received.get();
    }

    /** How many bytes from the target were swallowed so far. */
    long bytesSwallowed() {
        return swallowed.get();
    }

    /** How many connections were accepted so far. */
    public long connections() {
        return connections.get();
    }

    /** Cuts everything for good. */
    @Override
    public synchronized void close() {
        closed = true;
        faults.clear();
        stopListening();
        resetAll();
        awaitRefusal();
    }

    private void listen(ServerSocket socket) {
        listener = socket;
        daemon("accept", () -> accept(socket));
        accepting++;
    }

    private void stopListening() {
        ServerSocket socket = listener;
        listener = null;
        if (socket != null) {
            closeQuietly(socket);
        }
    }

    /** The system accepts for a closed listener until the thread that waited on it has noticed. */
    private void awaitRefusal() {
        try {
            while (accepting > 0 && listener == null) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void resetAll() {
        for (Socket socket : sockets) {
            reset(socket);
        }
    }

    private void accept(ServerSocket from) {
        try {
            while (true) {
                take(from.accept(), from);
            }
        } catch (IOException e) {
            // Closed, by a cut or for good.
        } finally {
            synchronized (this) {
                accepting--;
                notifyAll();
            }
        }
    }

    /** Takes a connection, or resets it if it came after a cut; under the lock, so that one of the two sees the other. */
    private synchronized void take(Socket client, ServerSocket from) {
        connections.incrementAndGet();
        if (from.isClosed()) {
            reset(client);
            return;
        }
        sockets.add(client);
        daemon("connect", () -> connect(client, from));
    }

    private void connect(Socket client, ServerSocket from) {
        Socket server = new Socket();
        try {
            client.setTcpNoDelay(true);
            server.setTcpNoDelay(true);
            server.connect(target, CONNECT_MILLIS);
        } catch (IOException e) {
            reset(server);
            reset(client);
            return;
        }
        synchronized (this) {
            if (from.isClosed() || client.isClosed()) {
                reset(server);
                reset(client);
                return;
            }
            sockets.add(server);
        }
        daemon("send", () -> pump(client, server, Faults.Way.REQUESTS, sent));
        daemon("receive", () -> pump(server, client, Faults.Way.REPLIES, received));
    }

    private void pump(Socket from, Socket to, Faults.Way way, AtomicLong count) {
        try {
            byte[] buffer = new byte[64 * 1024];
            int length = from.getInputStream().read(buffer);
            while (length >= 0) {
                if (faults.passes(way)) {
                    // Counted first: who has the answer finds it counted.
                    count.addAndGet(length);
                    to.getOutputStream().write(buffer, 0, length);
                } else {
                    swallowed.addAndGet(length);
                }
                length = from.getInputStream().read(buffer);
            }
        } catch (IOException e) {
            // Either end is gone: so is the other.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reset(from);
        reset(to);
    }

    private void reset(Socket socket) {
        sockets.remove(socket);
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException e) {
            // Closed already.
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception e) {
            // It is gone either way.
        }
    }

    private void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, "proxy-" + port + "-" + name);
        thread.setDaemon(true);
        thread.start();
    }
}
