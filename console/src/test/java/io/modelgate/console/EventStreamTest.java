package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.Ticker;
import io.modelgate.control.Decision;
import io.modelgate.control.FileControlLog;
import io.modelgate.testkit.ForkingLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What changes is sent as it changes, in order, without gaps and without repeats. */
@Timeout(60)
class EventStreamTest {

    private static final EventStreams.Rhythm QUICK =
            new EventStreams.Rhythm(Duration.ofMillis(50), Duration.ofMillis(100));

    @TempDir
    Path directory;

    private record Event(String id, String name, String data) {
        long seq() {
            return Long.parseLong(id.substring(0, id.indexOf('-')));
        }
    }

    /** A connection; each event is held against the document. */
    private static final class Reader implements AutoCloseable {
        private final InputStream body;
        private final BufferedReader lines;
        final int status;
        String lastId = "";

        /** No timeout of JUnit's ends a read, but a ping always comes. */
        private final long end = Ticker.system().read() + TimeUnit.SECONDS.toNanos(20);

        Reader(URI address, Token token, @Nullable String lastEventId) throws IOException, InterruptedException {
            HttpRequest.Builder request = HttpRequest.newBuilder(address.resolve("/api/v1/events"))
                    .header("Authorization", "Bearer " + token.text());
            if (lastEventId != null) {
                request.header("Last-Event-ID", lastEventId);
            }
            HttpResponse<InputStream> response = HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            status = response.statusCode();
            body = response.body();
            lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        }

        Event next() throws IOException {
            String id = "";
            String name = "";
            String data = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    Event event = new Event(id, name, data);
                    check(event);
                    lastId = id.isEmpty() ? lastId : id;
                    return event;
                }
                String value = line.substring(line.indexOf(':') + 2);
                switch (line.substring(0, line.indexOf(':'))) {
                    case "id" -> id = value;
                    case "event" -> name = value;
                    case "data" -> data = value;
                    default -> throw new AssertionError(line);
                }
            }
            throw new IOException("ended");
        }

        private static void check(Event event) {
            switch (event.name()) {
                case "entry" -> Contract.conforms("Entry", event.data());
                case "state" -> Contract.conforms("State", event.data());
                case "gates" -> Contract.conforms("GatePage", event.data());
                case "rollouts" -> Contract.conforms("Rollouts", event.data());
                case "ping" -> assertThat(event.data()).startsWith("{\"asOf\":\"");
                case "reset" -> assertThat(event.data()).isEqualTo("{}");
                default -> throw new AssertionError(event);
            }
        }

        Event next(String name) throws IOException {
            return next(event -> event.name().equals(name));
        }

        Event next(Predicate<Event> wanted) throws IOException {
            Event event = next();
            while (!wanted.test(event)) {
                assertThat(Ticker.system().read()).as("it came in time").isLessThan(end);
                event = next();
            }
            return event;
        }

        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    private static void note(Gates gates, int number) {
        gates.log().append(List.of(note(gates, "note-" + number)));
    }

    private static Decision note(Gates gates, String id) {
        return gates.decision(id, "note", "*", Actor.of("bob"), "", Map.of());
    }

    private static void gate(Gates gates) {
        gates.<String, String>gate("credit-risk", g -> g.stable("v1", input -> "v1"));
    }

    @Test
    void theStateAndAllGatesComeFirstAndThenWhatChanges() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            rig.gates.<String, String>gate("fraud", g -> g.stable("v1", input -> "v1"));
            try (Console console = rig.start(rig.gates, c -> {}, QUICK);
                    Reader reader = new Reader(console.address(), rig.token(Role.VIEWER), null)) {
                Event state = reader.next();
                assertThat(state.name()).isEqualTo("state");
                assertThat(state.seq()).isEqualTo(2);
                assertThat(reader.next("gates").data()).contains("credit-risk").contains("fraud");

                rig.gates.kill(Scope.gate("fraud"), ConsoleRig.ALICE, "chargebacks");
                Event entry = reader.next("entry");
                assertThat(entry.seq()).isEqualTo(3);
                assertThat(entry.id())
                        .isEqualTo("3-" + rig.gates.log().head().hash().substring(0, 8));
                Event gates = reader.next("gates");
                assertThat(gates.data()).contains("KILLED").doesNotContain("credit-risk");
                assertThat(Contract.MAPPER.readTree(gates.data()).get("total").asInt())
                        .isEqualTo(2);
                assertThat(reader.next("ping").data()).contains("asOf");
            }
        }
    }

    @Test
    void whoComesBackAfterTheConsoleWasRestartedGetsEveryEntryOnce() throws Exception {
        Path file = directory.resolve("modelgate.log");
        List<Long> seen = new ArrayList<>();
        String lastId;
        try (ConsoleRig rig = new ConsoleRig(g -> g.controlLog(FileControlLog.open(file)))) {
            gate(rig.gates);
            note(rig.gates, 1);
            try (Reader reader = new Reader(rig.console().address(), rig.token(Role.VIEWER), "0-00000000")) {
                seen.add(reader.next("entry").seq());
                seen.add(reader.next("entry").seq());
                lastId = reader.lastId;
            }
        }
        try (FileControlLog log = FileControlLog.open(file);
                Gates other = Gates.open(g -> g.controlLog(log))) {
            other.log()
                    .append(IntStream.range(2, 900)
                            .mapToObj(i -> note(other, "note-" + i))
                            .toList());
        }
        try (ConsoleRig rig = new ConsoleRig(g -> g.controlLog(FileControlLog.open(file)));
                Reader reader = new Reader(rig.console().address(), rig.token(Role.VIEWER), lastId)) {
            while (seen.size() < 900) {
                Event event = reader.next(
                        each -> each.name().equals("entry") || each.name().equals("reset"));
                assertThat(event.name()).isNotEqualTo("reset");
                seen.add(event.seq());
            }
        }
        assertThat(seen).isEqualTo(LongStream.rangeClosed(1, 900).boxed().toList());
    }

    /** The race: what is appended while the connection goes over from what it reads up to what is new. */
    @Test
    void noEntryIsMissedOrSentTwiceWhileOneWritesAllTheWhile() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            IntStream.range(0, 500).forEach(i -> note(rig.gates, i));
            Console console = rig.console();
            AtomicBoolean stop = new AtomicBoolean();
            CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                while (!stop.get()) {
                    note(rig.gates, UUID.randomUUID().hashCode() & 0x7fffffff);
                    LockSupport.parkNanos(
                            2_000_000); // slower than the reader, which so comes to the end again and again
                }
            });
            try {
                for (int connection = 0; connection < 5; connection++) {
                    String from = connection == 0
                            ? "0-00000000"
                            : EventStreams.id(rig.gates
                                    .log()
                                    .read(connection - 1, 1)
                                    .get(0)
                                    .head());
                    try (Reader reader = new Reader(console.address(), rig.token(Role.VIEWER), from)) {
                        long beyond = rig.gates.log().head().seq() + 100;
                        for (long expected = connection + 1L; expected < beyond; expected++) {
                            assertThat(reader.next("entry").seq()).isEqualTo(expected);
                        }
                    }
                }
            } finally {
                stop.set(true);
                writer.get(10, TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void whatIsNotOnThisLogIsResetAndGoesOnFromItsEnd() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            for (String id : List.of("1-00000000", "99-12345678", "17", "x".repeat(40), "0-ffffffff")) {
                try (Reader reader = new Reader(rig.console().address(), rig.token(Role.VIEWER), id)) {
                    assertThat(reader.next().name()).as(id).isEqualTo("reset");
                    assertThat(reader.next("state").seq())
                            .isEqualTo(rig.gates.log().head().seq());
                }
            }
            try (Reader reader = new Reader(rig.console().address(), rig.token(Role.VIEWER), "99-12345678")) {
                reader.next("state");
                note(rig.gates, 7);
                assertThat(reader.next("entry").data()).contains("note-7");
            }
        }
    }

    /** As a store does that lost its end and went on without. */
    @Test
    void aLogThatBecomesAnotherOneResetsItsReadersAndIsVerifiedAnew() throws Exception {
        ForkingLog log = new ForkingLog();
        try (ConsoleRig rig = new ConsoleRig(g -> g.controlLog(log))) {
            gate(rig.gates);
            IntStream.range(0, 5).forEach(i -> note(rig.gates, i));
            Client viewer = rig.viewer();
            viewer.until("/api/v1/log/head", head -> head.at("/verifiedSeq").asLong() == 6);
            try (Reader reader = new Reader(rig.console().address(), rig.token(Role.VIEWER), "0-00000000")) {
                for (long seq = 1; seq <= 6; seq++) {
                    assertThat(reader.next("entry").seq()).isEqualTo(seq);
                }
                log.forkAt(
                        2,
                        IntStream.range(10, 20)
                                .mapToObj(i -> note(rig.gates, "note-" + i))
                                .toArray(Decision[]::new));
                reader.next("reset");
                assertThat(reader.next("gates").data()).contains("credit-risk");
                note(rig.gates, 30);
                assertThat(reader.next(event -> event.data().contains("note-30"))
                                .name())
                        .isEqualTo("entry");
            }
            Client.Answer head = viewer.until(
                    "/api/v1/log/head",
                    each -> each.at("/verifiedSeq").asLong() == log.head().seq());
            assertThat(head.json().has("problem")).isFalse();
        }
    }

    @Test
    void aConnectionThatIsLostBeforeAnyEntryCameGoesOnWithoutAGap() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            String id;
            try (Reader reader = new Reader(rig.console().address(), rig.token(Role.VIEWER), null)) {
                id = reader.next("state").id();
            }
            note(rig.gates, 1);
            try (Reader reader = new Reader(rig.console().address(), rig.token(Role.VIEWER), id)) {
                assertThat(reader.next("entry").data()).contains("note-1");
            }
        }
    }

    @Test
    void soManyConnectionsAreOpenAndNoMoreAndOneThatEndsMakesRoom() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            List<Reader> readers = new ArrayList<>();
            List<Token> tokens = IntStream.range(0, EventStreams.MOST / EventStreams.MOST_OF_AN_ACTOR)
                    .mapToObj(i -> Token.generate())
                    .toList();
            try (Console console = rig.start(
                    rig.gates,
                    c -> tokens.forEach(token -> c.token("person-" + tokens.indexOf(token), Role.VIEWER, token.hash())),
                    QUICK)) {
                for (int i = 0; i < EventStreams.MOST; i++) {
                    Reader reader = new Reader(console.address(), tokens.get(i % tokens.size()), null);
                    reader.next("state");
                    readers.add(reader);
                }
                Client viewer = new Client(console, rig.token(Role.VIEWER));
                assertThat(viewer.get("/api/v1/events").status()).isEqualTo(503);

                readers.get(0).close();
                int status = 503;
                for (long end = Ticker.system().read() + 10_000_000_000L;
                        status == 503 && Ticker.system().read() < end; ) {
                    try (Reader another = new Reader(console.address(), rig.token(Role.VIEWER), null)) {
                        status = another.status;
                    }
                }
                assertThat(status).isEqualTo(200);
            } finally {
                for (Reader reader : readers) {
                    reader.close();
                }
            }
        }
    }

    @Test
    void theOldestConnectionOfAnActorGivesWayToOneMore() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            List<Reader> readers = new ArrayList<>();
            try (Console console = rig.start(rig.gates, c -> {}, EventStreams.Rhythm.USUAL)) {
                for (int i = 0; i < EventStreams.MOST_OF_AN_ACTOR; i++) {
                    readers.add(opened(console, rig));
                }
                for (int i = 0; i < 2 * EventStreams.MOST_OF_AN_ACTOR; i++) {
                    askForTheHead(console, rig); // which is no connection for events
                }
                note(rig.gates, 0);
                assertThat(readers.get(0).next("entry").data()).contains("note-0");
                readers.add(opened(console, rig));
                assertThatThrownBy(() -> readers.get(0).next(event -> false)).isInstanceOf(IOException.class);
                note(rig.gates, 1);
                assertThat(readers.get(1)
                                .next(event -> event.data().contains("note-1"))
                                .name())
                        .isEqualTo("entry");
            } finally {
                for (Reader reader : readers) {
                    reader.close();
                }
            }
        }
    }

    private static Reader opened(Console console, ConsoleRig rig) throws IOException, InterruptedException {
        Reader reader = new Reader(console.address(), rig.token(Role.VIEWER), null);
        reader.next("state");
        return reader;
    }

    private static void askForTheHead(Console console, ConsoleRig rig) throws IOException, InterruptedException {
        HttpRequest head = HttpRequest.newBuilder(console.address().resolve("/api/v1/events"))
                .header("Authorization", "Bearer " + rig.token(Role.VIEWER).text())
                .method("HEAD", HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build()
                        .send(head, HttpResponse.BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aReaderThatStallsIsDropped() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            rig.gates
                    .log()
                    .append(IntStream.range(0, 20_000)
                            .mapToObj(i -> rig.gates.decision(
                                    "big-" + i, "note", "*", Actor.of("bob"), "x".repeat(1_000), Map.of()))
                            .toList());
            URI address = rig.console().address();
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(4_096);
                socket.connect(new InetSocketAddress(address.getHost(), address.getPort()));
                socket.getOutputStream()
                        .write(("GET /api/v1/events HTTP/1.1\r\nHost: " + address.getAuthority()
                                        + "\r\nAuthorization: Bearer "
                                        + rig.token(Role.VIEWER).text() + "\r\nLast-Event-ID: 0-00000000\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                Await.until(() -> connections() == 1);
                assertThat(connections()).isEqualTo(1);
                Await.until(() -> {
                    rig.time.advance(Duration.ofSeconds(1));
                    return connections() == 0;
                });
                assertThat(connections()).isZero();
            }
        }
    }

    /** Threads that write to a connection for events. */
    private static long connections() {
        return Thread.getAllStackTraces().values().stream()
                .filter(stack -> java.util.Arrays.stream(stack)
                        .anyMatch(frame -> frame.getClassName().equals(EventStream.class.getName())))
                .count();
    }

    @Test
    void closingTheConsoleEndsEveryConnectionAndLeavesNoThread() throws Exception {
        try (ConsoleRig rig = new ConsoleRig()) {
            gate(rig.gates);
            CountDownLatch ended = new CountDownLatch(3);
            Console console = rig.start(rig.gates, c -> {}, EventStreams.Rhythm.USUAL);
            List<Reader> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Reader reader = new Reader(console.address(), rig.token(Role.VIEWER), null);
                reader.next("gates");
                readers.add(reader);
                Thread waiting = new Thread(() -> {
                    try {
                        reader.next(event -> false);
                    } catch (IOException e) {
                        ended.countDown();
                    }
                });
                waiting.setDaemon(true);
                waiting.start();
            }
            console.close();
            assertThat(ended.await(30, TimeUnit.SECONDS)).isTrue();
            long end = Ticker.system().read() + 30_000_000_000L;
            while (!consoleThreads().isEmpty() && Ticker.system().read() < end) {
                Thread.onSpinWait();
            }
            assertThat(consoleThreads()).isEmpty();
            for (Reader reader : readers) {
                reader.close();
            }
        }
    }

    private static List<String> consoleThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .map(Thread::getName)
                .filter(name -> name.startsWith("modelgate-console"))
                .toList();
    }
}
