package io.modelgate.console;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A connection on which a test sends exactly the bytes it wants, and reads whole responses. For one thread. */
final class Wire implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Socket socket = new Socket();
    private InputStream in;

    Wire(URI address) throws IOException {
        socket.connect(new InetSocketAddress(address.getHost(), address.getPort()), PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setTcpNoDelay(true);
        in = socket.getInputStream();
    }

    /** For a connection that somebody made, of TLS for instance. */
    Wire use(InputStream other) {
        in = other;
        return this;
    }

    /**
     * A response.
     *
     * @param head the status line and the headers as they came
     * @param headers by their names in lower case; values of the same name joined by a comma
     */
    record Response(int status, String head, Map<String, String> headers, String body) {

        String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }
    }

    Wire send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    Wire send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    void shutdownOutput() throws IOException {
        socket.shutdownOutput();
    }

    void patience(Duration patience) throws IOException {
        socket.setSoTimeout((int) patience.toMillis());
    }

    /** The next response; empty if the connection is closed instead. */
    Optional<Response> read(boolean head) throws IOException {
        Optional<Response> answer = head();
        if (answer.isPresent() && !head) {
            Response there = answer.get();
            return Optional.of(new Response(there.status(), there.head(), there.headers(), body(there.headers())));
        }
        return answer;
    }

    /** The next response up to its body, which is left where it is; empty if the connection is closed instead. */
    Optional<Response> head() throws IOException {
        String start;
        try {
            start = start();
        } catch (EOFException | SocketException e) {
            return Optional.empty();
        }
        Map<String, String> headers = new TreeMap<>();
        String[] lines = start.split("\r\n", -1);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            if (colon <= 0) {
                throw new IOException("no header: " + lines[i]);
            }
            headers.merge(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip(),
                    (a, b) -> a + ", " + b);
        }
        if (!lines[0].matches("HTTP/1\\.1 [1-9][0-9][0-9]( .*)?")) {
            throw new IOException("no status line: " + lines[0]);
        }
        int status = Integer.parseInt(lines[0].substring(9, 12));
        if (status == 100) {
            return head();
        }
        return Optional.of(new Response(status, start, headers, ""));
    }

    Optional<Response> read() throws IOException {
        return read(false);
    }

    /** Reads so many bytes, whatever they are. */
    void skip(int bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    /** Whether nothing more comes, because the other side closed it. */
    boolean closed() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    private String start() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int matched = 0;
        while (matched < 4) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException();
            }
            bytes.write(b);
            boolean expected = matched % 2 == 0 ? b == '\r' : b == '\n';
            matched = expected ? matched + 1 : b == '\r' ? 1 : 0;
        }
        String text = bytes.toString(StandardCharsets.ISO_8859_1);
        return text.substring(0, text.length() - 4);
    }

    private String body(Map<String, String> headers) throws IOException {
        if (headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked")) {
            StringBuilder body = new StringBuilder();
            while (true) {
                int size = Integer.parseInt(line(), 16);
                body.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
                line();
                if (size == 0) {
                    return body.toString();
                }
            }
        }
        String length = headers.get("content-length");
        byte[] bytes = length == null ? in.readAllBytes() : in.readNBytes(Integer.parseInt(length));
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** A line of a body that comes in pieces. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
