package io.modelgate.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Free loopback ports below those that systems hand to outgoing connections, so that nobody takes the port of a server
 * that is down for a while; as much below that the port 10,000 above, on which a node of a cluster listens too, is none of those either.
 */
final class Ports {

    private static final int FIRST = 12_000;
    private static final int AFTER_LAST = 22_000;

    /** Whose servers may be down, or not have been started yet: nobody listens on them, and they are taken all the same. */
    private static final Set<Integer> TAKEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    static ServerSocket listen(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    static int free() {
        try (ServerSocket socket = listenSomewhere()) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException("no free loopback port", e);
        }
    }

    /** Listens on a port that this process has not used before, unless it has used thousands. */
    static ServerSocket listenSomewhere() throws IOException {
        if (TAKEN.size() > (AFTER_LAST - FIRST) / 2) {
            TAKEN.clear();
        }
        IOException last = new IOException("no free loopback port");
        for (int i = 0; i < 100; i++) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, AFTER_LAST);
            if (!TAKEN.add(port)) {
                continue;
            }
            try {
                return listen(port);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }
}
