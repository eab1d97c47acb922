package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.budget.FleetLedger;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.ControlLogProvider;
import io.modelgate.control.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The rights that the page on fleets names are enough. */
class RightsTest extends OnOneRedis {

    private static List<String> documented() throws IOException {
        String page = Files.readString(Path.of("../../docs/fleet.md"));
        int from = page.indexOf("ACL SETUSER modelgate");
        return List.of(page.substring(from, page.indexOf('\n', from)).strip().split(" "));
    }

    /** What a test of each path would find late: every command of every script. */
    @Test
    void everyCommandOfAScriptIsAmongThem() throws IOException {
        List<String> rights = documented();
        try (Stream<Path> scripts = Files.list(Path.of("src/main/resources/io/modelgate/redis"))) {
            for (Path script : scripts.toList()) {
                List<String> commands = Pattern.compile("redis\\.call\\('(\\w+)'")
                        .matcher(Files.readString(script))
                        .results()
                        .map((MatchResult call) -> "+" + call.group(1).toLowerCase(Locale.ROOT))
                        .toList();
                assertThat(commands).as("%s", script).isNotEmpty();
                assertThat(rights).as("%s", script).containsAll(commands);
            }
        }
    }

    private static boolean appends(RedisControlLog log, String... kills) {
        try {
            return !log.append(Stream.of(kills).map(LogFleet::kill).toList()).isEmpty();
        } catch (ControlLogException e) {
            return false; // not connected for a moment, or the index of ids is not made anew yet
        }
    }

    @Test
    void aUserWithThemCanDoEverything() throws Exception {
        List<String> words = new ArrayList<>(documented());
        words.set(words.indexOf(">PASSWORD"), ">s3cret");
        fleet.redis.command(words.toArray(String[]::new));
        String uri = "redis://modelgate:s3cret@127.0.0.1:" + fleet.redis.port();
        try (RedisControlLog log =
                RedisControlLog.open(r -> r.uri(uri).directory(directory).commandTimeout(Duration.ofSeconds(20)))) {
            LogFleet.until(() -> appends(log, "k1", "k2", "k3"));
            log.applied(log.head());
            LogFleet.until(() -> !log.instances().isEmpty());
            fleet.redis.command("FLUSHALL");
            LogFleet.until(() ->
                    fleet.redis.command("XLEN", "modelgate:{modelgate}:log") instanceof Long length && length == 3);
            fleet.redis.command("DEL", "modelgate:{modelgate}:ids");
            LogFleet.until(() -> appends(log, "k4"));
            assertThat(log.archive(directory.resolve("archive"), 1).entries()).isEqualTo(3);
        }
        Verification found = new RedisControlLogProvider()
                .verify(uri, new ControlLogProvider.Settings("", Map.of(), Duration.ofSeconds(5)));
        assertThat(found.intact()).as(found.problem()).isTrue();
        try (RedisFleetLedger ledger = RedisFleetLedger.open(r -> r.uri("redis://127.0.0.1:" + fleet.redis.port())
                .login("modelgate", "s3cret")
                .askTimeout(Duration.ofSeconds(5)))) {
            ledger.own("mark");
            assertThat(ledger.exchange(
                            List.of(new FleetLedger.Holding("account", 1, 100, 10, 5, 20, Duration.ofHours(1)))))
                    .allMatch(FleetLedger.Lease::covered);
        }
    }
}
