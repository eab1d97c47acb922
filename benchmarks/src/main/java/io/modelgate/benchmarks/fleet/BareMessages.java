package io.modelgate.benchmarks.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Queue;

/**
 * Stamps messages of a stream as they arrive on a socket of its own, by a thread that waits for nothing else: what is left of the way of
 * an entry when there is no client. For one thread; it ends with the process, or when Redis is gone.
 */
final class BareMessages implements Runnable {

    static final String STREAM = "bare-messages";

    /** One message with one field is answered in so many lines; the eighth is its id. */
    private static final int LINES = 13;

    private static final int ID = 8;

    private final URI uri;
    private final Queue<Long> arrived;

    BareMessages(String uri, Queue<Long> arrived) {
        this.uri = URI.create(uri);
        this.arrived = arrived;
    }

    @Override
    public void run() {
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String after = "0-0";
            while (true) {
                String read = "XREAD COUNT 1 BLOCK 0 STREAMS " + STREAM + " " + after + "\r\n";
                out.write(read.getBytes(StandardCharsets.US_ASCII));
                for (int i = 1; i <= LINES; i++) {
                    String line = in.readLine();
                    if (line == null || line.startsWith("-")) {
                        throw new IOException("no message: " + line);
                    }
                    after = i == ID ? line : after;
                }
                arrived.add(System.nanoTime());
            }
        } catch (IOException e) {
            // Redis is gone. While it is there, who waits for the message misses it.
        }
    }
}
