package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Verification;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The control log as a console shows it. */
final class ApiLog {

    private static final int PAGE = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ApiLog() {}

    static int tail(ApiClient api, int last, boolean follow, Screen screen) {
        List<JsonNode> latest = latest(api, last);
        List<JsonNode> entries = new ArrayList<>(latest);
        Collections.reverse(entries);
        for (JsonNode entry : entries) {
            show(entry, follow, screen);
        }
        if (entries.isEmpty()) {
            screen.line("no entries in the log of " + api);
        }
        if (follow) {
            follow(api, latest.isEmpty() ? "" : id(latest.get(0)), screen);
            return Command.DONE;
        }
        long first = entries.isEmpty() ? 1 : entries.get(0).path("seq").asLong();
        screen.object(() -> CommandJson.object("entries", latest, "next", first > 1 ? first : null));
        return Command.DONE;
    }

    /** The latest entries, the last one first. */
    private static List<JsonNode> latest(ApiClient api, int wanted) {
        List<JsonNode> entries = new ArrayList<>();
        long before = 0;
        while (entries.size() < wanted) {
            int limit = Math.min(PAGE, wanted - entries.size());
            JsonNode page = api.get("api/v1/log?limit=" + limit + (before == 0 ? "" : "&before=" + before));
            page.path("entries").forEach(entries::add);
            if (!page.hasNonNull("next")) {
                break;
            }
            before = page.path("next").asLong();
        }
        return entries;
    }

    private static void show(JsonNode entry, boolean alone, Screen screen) {
        screen.line(Wording.entry(entry(entry)));
        if (alone) {
            screen.object(() -> entry);
        }
    }

    /** An entry without the hash before it, which a console does not say. */
    private static Entry entry(JsonNode entry) {
        return new Entry(
                entry.path("seq").asLong(),
                new Decision(
                        entry.path("id").asText(),
                        Instant.parse(entry.path("at").asText()),
                        entry.path("type").asText(),
                        false,
                        entry.path("gate").asText(),
                        entry.path("actor").asText(),
                        entry.path("authentication").asText(),
                        entry.path("reason").asText(),
                        data(entry.path("data"))),
                Entry.GENESIS,
                entry.path("hash").asText());
    }

    private static Map<String, Object> data(JsonNode data) {
        Map<String, Object> map = CommandJson.object();
        data.properties().forEach(each -> map.put(each.getKey(), value(each.getValue())));
        return map;
    }

    private static Object value(JsonNode value) {
        if (value.isObject()) {
            return data(value);
        }
        if (value.isArray()) {
            List<Object> list = new ArrayList<>();
            value.forEach(each -> list.add(value(each)));
            return list;
        }
        if (value.isIntegralNumber()) {
            return value.asLong();
        }
        return value.isBoolean() ? (Object) value.asBoolean() : value.asText();
    }

    /** What an event with this entry is called. */
    private static String id(JsonNode entry) {
        return EventStreams.id(entry(entry).head());
    }

    /** Shows what comes, until the process ends; a connection that ends is made anew where it ended. */
    private static void follow(ApiClient api, String after, Screen screen) {
        Place place = new Place(after);
        while (!Thread.currentThread().isInterrupted()) {
            screen.flush();
            Map<String, String> headers = place.last.isEmpty() ? Map.of() : Map.of("Last-Event-ID", place.last);
            try (ApiClient.Streamed events = api.stream("api/v1/events", headers);
                    BufferedReader lines =
                            new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
                listen(lines, place, screen);
                screen.hint("the console ended the connection; connecting again");
            } catch (IOException e) {
                screen.hint("no connection to " + api + " (" + e.getMessage() + "); connecting again");
            } catch (ApiProblem e) {
                if (e.code() != Command.FAILED) {
                    throw e;
                }
                screen.hint(e.detail() + "; connecting again");
            }
            try {
                TimeUnit.SECONDS.sleep(1);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** How far what comes was shown, however a connection ends. */
    private static final class Place {
        private String last;

        Place(String last) {
            this.last = last;
        }
    }

    /** Shows the entries of one connection. */
    private static void listen(BufferedReader lines, Place place, Screen screen) throws IOException {
        String event = "message";
        StringBuilder data = new StringBuilder();
        @Nullable String id = null;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                if (event.equals("entry")) {
                    show(JSON.readTree(data.toString()), true, screen);
                } else if (event.equals("reset")) {
                    screen.hint("the log no longer has what was shown: it goes on anew from here");
                    place.last = "";
                }
                place.last = id == null ? place.last : id; // whatever carries one: without an entry yet, too
                screen.flush();
                event = "message";
                data.setLength(0);
                id = null;
            } else if (line.startsWith("event:")) {
                event = line.substring(6).strip();
            } else if (line.startsWith("data:")) {
                data.append(line.substring(5).stripLeading());
            } else if (line.startsWith("id:")) {
                id = line.substring(3).strip();
            }
        }
    }

    /** Adds the entries that a console exports; throws where they do not end where it says that they do. */
    static void export(ApiClient api, String query, ExportFile to) throws IOException {
        try (ApiClient.Streamed lines = api.stream("api/v1/log/export" + query, Map.of())) {
            to.addAll(lines.body());
            to.requireEnd(
                    lines.headers().firstValue(ExportFile.THROUGH),
                    lines.headers().firstValue(ExportFile.HASH));
        }
    }

    /** Recomputes the chain here, from what the console exports: its own word is not asked for. */
    static int verify(ApiClient api, Screen screen) {
        JsonNode said = api.get("api/v1/log/head");
        ExportFile export = ExportFile.none();
        String problem = null;
        try (export) {
            export(api, "", export);
        } catch (IllegalArgumentException e) {
            problem =
                    "what comes after entry " + export.head().seq() + " does not continue the chain: " + e.getMessage();
        } catch (IOException e) {
            throw new ApiProblem("No answer", 503, "the export of " + api + " ended early: " + e.getMessage());
        }
        Head head = export.head();
        if (problem == null && head.seq() < said.path("seq").asLong()) {
            problem = "the console says that its log ends with entry "
                    + said.path("seq").asLong() + ", and gives " + head.seq();
        }
        long line = problem == null || head.seq() >= said.path("seq").asLong() ? 0 : export.entries() + 1;
        return LogVerifyCommand.report(
                new Verification(export.entries(), head, 0, line, problem), "log of " + api, screen);
    }
}
