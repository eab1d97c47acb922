package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.decision;
import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Sharing;
import io.modelgate.budget.Usage;
import io.modelgate.budget.WhenUnreachable;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.ControlLogProvider.Settings;
import io.modelgate.control.Instance;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The rights that the handbook tells to give are all that is needed. */
@Timeout(120)
class RightsTest {

    private static final String PASSWORD = "s3cret";

    @TempDir
    Path directory;

    private RedisServer redis;

    @BeforeEach
    void start() throws IOException {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().config("save \"\"").start();
        assertThat(redis.command(handbook())).hasToString("OK");
    }

    @AfterEach
    void end() {
        if (redis != null) {
            redis.close();
        }
    }

    /** The line of docs/fleet.md, word by word. */
    private static String[] handbook() throws IOException {
        String line = Files.readAllLines(Path.of("..", "..", "docs", "fleet.md")).stream()
                .filter(each -> each.strip().startsWith("ACL SETUSER"))
                .findFirst()
                .orElseThrow();
        return line.strip().replace(">PASSWORD", ">" + PASSWORD).split(" ");
    }

    private String uri() {
        return "redis://modelgate:" + PASSWORD + "@127.0.0.1:" + redis.port();
    }

    private RedisControlLog log(String name) throws IOException {
        Path own = Files.createDirectories(directory.resolve(name));
        return RedisControlLog.open(
                r -> r.uri(uri()).directory(own).instance(name).heartbeat(Duration.ofMillis(100)));
    }

    @Test
    void aLogNeedsNoOther() throws IOException {
        try (RedisControlLog a = log("a");
                RedisControlLog b = log("b")) {
            a.append(List.of(kill("k1"), decision("note", "n2"), decision("note", "n3")));
            until(() -> b.head().equals(a.head()));
            b.applied(b.head());
            until(() -> a.instances().stream().filter(Instance::live).count() == 1);

            a.archive(directory.resolve("old.log"), 1);
            until(() -> b.head().equals(a.head()));
            RedisControlLogProvider command = new RedisControlLogProvider();
            Settings settings = new Settings("", Map.of(), Duration.ofSeconds(5));
            assertThat(command.verify(uri(), settings).problem()).isNull();
            try (var look = command.view(uri(), settings)) {
                assertThat(look.head()).isEqualTo(a.head());
            }

            long head = a.head().seq();
            redis.command("XDEL", "modelgate:{modelgate}:log", head + "-0");
            redis.command("XSETID", "modelgate:{modelgate}:log", (head - 1) + "-0");
            until(() -> redis.command("XLEN", "modelgate:{modelgate}:log").equals(2L));
            redis.command("DEL", "modelgate:{modelgate}:ids");
            retry(a, "k5");
            redis.command("FLUSHALL");
            until(() -> Long.valueOf(a.head().seq()).equals(redis.command("HLEN", "modelgate:{modelgate}:ids")));
            retry(b, "k6");
            until(() -> a.head().equals(b.head()));
            assertThat(a.owed()).isEmpty();
        }
    }

    /** It may be under repair. */
    private static void retry(RedisControlLog log, String id) {
        until(() -> {
            try {
                return log.append(List.of(kill(id))).size() == 1;
            } catch (ControlLogException e) {
                return false;
            }
        });
    }

    @Test
    void gatesWithBudgetsNeedNoOther() throws IOException {
        Path own = Files.createDirectories(directory.resolve("gates"));
        try (Gates gates = Gates.open(g -> g.controlLog(
                        () -> RedisControlLog.open(r -> r.uri(uri()).directory(own)))
                .budgets(b -> b.fleet(RedisFleetLedger.open(r -> r.uri(uri()).askTimeout(Duration.ofSeconds(5))))))) {
            ModelGate<String, Usage> gate = gates.gate(
                    "credit",
                    g -> g.stable("v1", input -> Usage.of(5, 5))
                            .tokens(t -> t.input(input -> 5).maxOutput(5).usage(usage -> usage))
                            .budget(Budget.tokens("b", 1_000, Per.gate())
                                    .shared(Sharing.leased(100, WhenUnreachable.REFUSE))));
            until(() -> gate.decide("x", Caller.of("user")).answer().isPresent());
            KillReceipt kill = gate.kill(Actor.of("alice"), "a test");
            assertThat(kill.confirmed(Duration.ofSeconds(10)).complete()).isTrue();
            gates.revive(kill.id(), Actor.of("alice"), "over");
            until(() -> gate.decide("x", Caller.of("user")).answer().isPresent());
        }
        // The client introduces itself, and does without where it may not.
        assertThat((List<?>) redis.command("ACL", "LOG"))
                .as("what the user was refused")
                .allMatch(refused -> ((List<?>) refused).contains("client"));
    }
}
