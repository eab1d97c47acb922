package io.modelgate.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.modelgate.Actor;
import io.modelgate.Confirmation;
import io.modelgate.Kill;
import io.modelgate.Scope;
import io.modelgate.control.Head;
import io.modelgate.control.Instance;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A console, as the command talks to it: over HTTP, with a token, and with nothing but the documented API. */
final class ApiClient {

    private static final Duration REACH = Duration.ofSeconds(3);

    /** As long as nobody waits: an export, or what comes of itself. */
    private static final Duration NO_END = Duration.ofDays(365);

    /** What an answer may hold at most, in bytes; the longest is a page of 500 gates. */
    private static final int MOST_BYTES = 32 << 20;

    private static final int NAMES = 50;

    /** As RFC 6750 has it: of another kind, too, where a reverse proxy takes it. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]{1,4096}=*");

    private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9A-Fa-f:.]+]");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final URI base;
    private final String token;
    private final LogAccess logs;
    private final boolean fromEnvironment;
    private final HttpClient http;

    /** How long it may be silent, and how long a whole answer may take that is not a stream. */
    private final Duration silence;

    private final ScheduledExecutorService watchers = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "modelgate-api-silence");
        thread.setDaemon(true);
        return thread;
    });

    private ApiClient(URI base, String token, LogAccess logs, boolean fromEnvironment) {
        this.base = base;
        this.token = token;
        this.logs = logs;
        this.fromEnvironment = fromEnvironment;
        silence = logs.silence();
        http = HttpClient.newBuilder()
                .connectTimeout(REACH)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER) // the token would go there
                .build();
    }

    /**
     * A console at a URL, with the token that the options or the environment have.
     *
     * @throws UsageException if there is none, or if it would go over a network unencrypted
     */
    static ApiClient of(String url, ApiOptions options, LogAccess logs, Screen screen) throws UsageException {
        URI base = base(url);
        if (base.getScheme().equals("http") && !loopback(base.getHost()) && !options.insecure) {
            throw new UsageException("--api is " + Wording.quote(url) + ": the token would go to " + base.getHost()
                    + " unencrypted; give an https:// URL, or say --insecure if nobody can listen there");
        }
        return new ApiClient(base, token(options, logs, screen), logs, options.api == null);
    }

    private static URI base(String url) throws UsageException {
        String expected =
                "--api takes the URL of a console, such as http://127.0.0.1:7710 or https://gates.example.com";
        URI given;
        try {
            given = new URI(url);
        } catch (URISyntaxException e) {
            throw new UsageException(expected + "; this is none: " + Wording.quote(e.getReason()));
        }
        String scheme = given.getScheme() == null ? "" : given.getScheme().toLowerCase(Locale.ROOT);
        boolean http = scheme.equals("http") || scheme.equals("https");
        if (!http || given.getHost() == null) {
            throw new UsageException(expected + "; this is " + Wording.quote(scheme.isEmpty() ? url : scheme + ":…"));
        }
        if (given.getRawUserInfo() != null || given.getRawQuery() != null || given.getRawFragment() != null) {
            throw new UsageException(expected + ", without a user, a query or a fragment; the token is in"
                    + " MODELGATE_TOKEN or in --token-file, where no list of processes shows it");
        }
        String path = given.getRawPath();
        return URI.create(scheme + "://" + given.getRawAuthority() + (path.endsWith("/") ? path : path + "/"));
    }

    /** Only what is surely this machine: a name may mean another one tomorrow. */
    private static boolean loopback(String host) {
        if (host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            return ADDRESS.matcher(host).matches()
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static String token(ApiOptions options, LogAccess logs, Screen screen) throws UsageException {
        String from = "MODELGATE_TOKEN";
        String token = logs.env(from).strip();
        if (options.tokenFile != null) {
            Path file = Path.of(options.tokenFile).toAbsolutePath().normalize();
            from = file.toString();
            try {
                if (Files.size(file) > 8_192) {
                    throw new UsageException("--token-file " + file + " is too long to be a token alone");
                }
                token = Files.readString(file, StandardCharsets.ISO_8859_1).strip();
                warnIfOthersRead(file, screen);
            } catch (IOException e) {
                throw new UsageException("--token-file " + file + " cannot be read: " + e);
            }
        } else if (token.isEmpty()) {
            throw new UsageException(
                    "there is no token: set MODELGATE_TOKEN or say --token-file FILE; whoever configures"
                            + " the console makes one with `modelgate token`");
        }
        if (!TOKEN.matcher(token).matches()) {
            throw new UsageException(
                    "what " + from + " holds is no token: expected one line, as `modelgate token` made it");
        }
        return token;
    }

    private static void warnIfOthersRead(Path file, Screen screen) throws IOException {
        if (OwnFile.othersRead(file)) {
            screen.hint("modelgate: warning: others can read the token in " + file + ": chmod 600 "
                    + Wording.shell(file.toString()));
        }
    }

    /** Refuses a name that a console would not take from a body. */
    void refuseActor(@Nullable String actor) throws UsageException {
        if (actor != null) {
            throw new UsageException("--actor is for a control log: a console knows by the token who acts");
        }
    }

    /** A part of a path. */
    static String part(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    JsonNode get(String path) {
        return get(path, Duration.ZERO);
    }

    /** As {@link #get(String)}, where the console takes so long to answer by itself. */
    JsonNode get(String path, Duration more) {
        Duration most = silence.plus(more);
        return json(send(request(path).GET().build(), most, false), path, most, false);
    }

    /** Asks for a decision: whatever goes wrong once it was asked for says that it may be made all the same. */
    JsonNode post(String path, Map<String, ?> body) {
        HttpRequest request = request(path)
                .header("Content-Type", "application/json")
                .header(Site.OURS, "command")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Json.write(body)))
                .build();
        return json(send(request, silence, true), path, silence, true);
    }

    /** A body that comes as it is written, given up once nothing comes for a while; the caller closes it. */
    record Streamed(InputStream body, HttpHeaders headers) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    Streamed stream(String path, Map<String, String> headers) {
        HttpRequest.Builder request = request(path).GET();
        headers.forEach(request::header);
        HttpResponse<InputStream> response = send(request.build(), silence, false);
        return new Streamed(patient(response, NO_END), response.headers());
    }

    private InputStream patient(HttpResponse<InputStream> response, Duration whole) {
        return new PatientBody(response.body(), silence.compareTo(whole) < 0 ? silence : whole, whole, watchers);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(base.resolve(path)).header("Authorization", "Bearer " + token);
    }

    /**
     * What it answers, as soon as that begins.
     *
     * @param decides whether it may have been done although there is no answer
     */
    private HttpResponse<InputStream> send(HttpRequest request, Duration most, boolean decides) {
        CompletableFuture<HttpResponse<InputStream>> answer =
                http.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream());
        HttpResponse<InputStream> response;
        try {
            response = answer.get(most.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof ConnectException || cause instanceof HttpConnectTimeoutException
                    ? notReached(cause, decides)
                    : noAnswer(cause, decides);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw noAnswer(new IOException("none came within " + most.toMillis() / 1_000.0 + " s"), decides);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw noAnswer(e, decides);
        }
        if (response.statusCode() / 100 == 2) {
            return response;
        }
        throw problem(response, decides);
    }

    private ApiProblem notReached(Throwable e, boolean decides) {
        return new ApiProblem(
                "Not reached",
                503,
                "the console " + this + " cannot be reached" + why(e)
                        + (decides
                                ? ". NOTHING was done: it has not heard of this. Use the control log itself, or another console"
                                : ""));
    }

    private ApiProblem noAnswer(Throwable e, boolean decides) {
        return new ApiProblem(
                "No answer", 503, "the console " + this + " gave no answer" + why(e) + (decides ? maybeDone() : ""));
    }

    /** What is to be said where it was asked for a decision and what came of it is not known. */
    String maybeDone() {
        return ". IT MAY BE DONE ALL THE SAME: look with `" + again("status") + "` before it is tried again";
    }

    private static String why(Throwable e) {
        return e.getMessage() == null ? "" : ": " + e.getMessage();
    }

    private ApiProblem problem(HttpResponse<InputStream> response, boolean decides) {
        int status = response.statusCode();
        if (status / 100 == 3) {
            return new ApiProblem(
                    "Elsewhere",
                    status,
                    this + " sends on to "
                            + response.headers().firstValue("Location").orElse("somewhere else")
                            + ", where no token is sent: give the URL of the console itself");
        }
        try (InputStream body = patient(response, silence)) {
            JsonNode problem = JSON.readTree(body.readNBytes(MOST_BYTES));
            String detail = problem.path("detail").asText();
            if (!detail.isEmpty()) {
                String names = status == 404 && detail.endsWith("is unknown") ? names() : "";
                return new ApiProblem(problem.path("title").asText("Refused"), status, detail + names);
            }
        } catch (IOException e) {
            // No problem of a console's: said below.
        }
        return new ApiProblem(
                "Refused",
                status,
                this + " answered " + status + " and no reason: is it a console?"
                        + (decides && status >= 500 ? maybeDone() : ""));
    }

    /** Some of the gates that there are, for whoever misspelt one. */
    private String names() {
        JsonNode page;
        try {
            page = get("api/v1/gates?limit=" + NAMES);
        } catch (ApiProblem e) {
            return ""; // what is wrong is said without
        }
        List<String> names = new ArrayList<>();
        page.path("gates").forEach(each -> names.add(each.path("name").asText()));
        long more = page.path("total").asLong() - names.size();
        return "; known gates are " + names.stream().sorted().toList() + (more > 0 ? " and " + more + " more" : "");
    }

    private JsonNode json(HttpResponse<InputStream> response, String path, Duration most, boolean decides) {
        String wrong;
        try (InputStream body = patient(response, most)) {
            byte[] bytes = body.readNBytes(MOST_BYTES + 1);
            JsonNode node = bytes.length > MOST_BYTES ? MissingNode.getInstance() : JSON.readTree(bytes);
            if (node.isObject()) {
                return node;
            }
            wrong = "is not what a console does";
        } catch (JsonProcessingException e) {
            wrong = "is not what a console does";
        } catch (IOException e) {
            wrong = "broke off" + why(e);
        }
        throw new ApiProblem(
                "Not a console",
                502,
                "what " + base.resolve(path) + " answers " + wrong + (decides ? maybeDone() : ""));
    }

    /** The kills that a path gives. */
    List<Kill> kills(String path) {
        return kills(get(path).path("kills"));
    }

    static List<Kill> kills(JsonNode array) {
        List<Kill> kills = new ArrayList<>();
        array.forEach(each -> kills.add(kill(each)));
        return kills;
    }

    /**
     * A kill.
     *
     * @throws ApiProblem if it is none
     */
    static Kill kill(JsonNode kill) {
        JsonNode scope = kill.path("scope");
        try {
            return new Kill(
                    kill.path("id").asText(),
                    new Scope(
                            scope.path("gate").asText(),
                            text(scope, "version"),
                            text(scope, "attribute"),
                            text(scope, "value")),
                    new Actor(
                            kill.path("actor").asText(),
                            kill.path("authentication").asText()),
                    kill.path("reason").asText(),
                    Instant.parse(kill.path("at").asText()));
        } catch (DateTimeParseException | IllegalArgumentException e) {
            throw new ApiProblem("Not a console", 502, "the answer's kill is not what a console says: " + kill);
        }
    }

    static @Nullable String text(JsonNode node, String name) {
        return node.hasNonNull(name) ? node.get(name).asText() : null;
    }

    static List<Instance> instances(JsonNode array) {
        List<Instance> instances = new ArrayList<>();
        array.forEach(each -> instances.add(new Instance(
                each.path("name").asText(),
                new Head(each.path("applied").asLong(), ""),
                Duration.ofMillis(each.path("silentForMillis").asLong()),
                each.path("live").asBoolean())));
        return instances;
    }

    static Confirmation confirmation(JsonNode node) {
        return new Confirmation(
                node.path("seq").asLong(),
                instances(node.path("confirmed")),
                instances(node.path("pending")),
                instances(node.path("silent")));
    }

    /** The time now, on this machine. */
    Instant now() {
        return logs.now();
    }

    /** The words that start this command on this console, to be pasted into a shell. */
    String again(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        if (!fromEnvironment) {
            all.addAll(List.of("--api", base.toString()));
        }
        return logs.again(all.toArray(String[]::new));
    }

    /** Where it is. */
    @Override
    public String toString() {
        return base.toString();
    }
}
