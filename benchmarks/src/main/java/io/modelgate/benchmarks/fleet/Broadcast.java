package io.modelgate.benchmarks.fleet;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A byte to every process of a fleet, on bare sockets: what the machine takes to wake them all, without Redis and without gates. For
 * use by one thread.
 */
final class Broadcast implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ServerSocket server;
    private final List<Socket> sockets = new ArrayList<>();

    Broadcast() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            server.setSoTimeout((int) PATIENCE.toMillis());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on this machine", e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    /** Waits until so many processes have connected. */
    void accept(int processes) {
        try {
            for (int i = 0; i < processes; i++) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                socket.setSoTimeout((int) PATIENCE.toMillis());
                sockets.add(socket);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a process of the fleet has not connected", e);
        }
    }

    /** Sends one byte to each, and returns the nanoseconds from before the first to when the last process had its byte. */
    long send() {
        try {
            long began = System.nanoTime();
            for (Socket socket : sockets) {
                socket.getOutputStream().write(1);
            }
            long last = 0;
            for (Socket socket : sockets) {
                last = Math.max(last, new DataInputStream(socket.getInputStream()).readLong() - began);
            }
            return last;
        } catch (IOException e) {
            throw new UncheckedIOException("a process of the fleet has not answered a byte", e);
        }
    }

    @Override
    public void close() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("a socket of this machine does not close", e);
        }
    }
}
