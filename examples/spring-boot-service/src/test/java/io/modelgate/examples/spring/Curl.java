package io.modelgate.examples.spring;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;

/** A line with curl, as far as the README and the guide write such lines. */
public final class Curl {

    private static final Duration LONGEST = Duration.ofSeconds(60);

    private final List<String> words;

    private Curl(List<String> words) {
        this.words = words;
    }

    /** Reads a line as a shell does: words, single quotes, a line that goes on behind a backslash, and one variable. */
    public static Curl parse(String line, String kill) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean quoted = false;
        for (char c : line.replace("\\\n", " ").replace("'$KILL'", kill).strip().toCharArray()) {
            if (c == '\'') {
                quoted = !quoted;
            } else if (!quoted && Character.isWhitespace(c)) {
                if (!word.isEmpty()) {
                    words.add(word.toString());
                }
                word.setLength(0);
            } else {
                word.append(c);
            }
        }
        words.add(word.toString());
        if (quoted || !words.get(0).equals("curl")) {
            throw new IllegalArgumentException("not a line with curl: " + line);
        }
        return new Curl(words.subList(1, words.size()));
    }

    /** Sends it to a service on another port than the line says. */
    public HttpResponse<String> send(HttpClient client, int port) throws IOException, InterruptedException {
        return client.send(request(port), HttpResponse.BodyHandlers.ofString());
    }

    HttpRequest request(int port) {
        HttpRequest.Builder request = HttpRequest.newBuilder().timeout(LONGEST);
        for (Iterator<String> each = words.iterator(); each.hasNext(); ) {
            String word = each.next();
            switch (word) {
                case "-s", "-sN" -> {} // says less
                case "-u" ->
                    request.header(
                            "Authorization",
                            "Basic "
                                    + Base64.getEncoder()
                                            .encodeToString(each.next().getBytes(StandardCharsets.UTF_8)));
                case "-H" -> {
                    String[] header = each.next().split(": ", 2);
                    request.header(header[0], header[1]);
                }
                case "-d" -> request.POST(HttpRequest.BodyPublishers.ofString(each.next()));
                default -> {
                    if (!word.startsWith("localhost:8080/")) {
                        throw new IllegalArgumentException("unknown option of curl: " + word);
                    }
                    request.uri(URI.create("http://127.0.0.1:" + port + word.substring("localhost:8080".length())));
                }
            }
        }
        return request.build();
    }
}
