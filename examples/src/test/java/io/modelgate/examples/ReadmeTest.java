package io.modelgate.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Confirmation;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Verdict;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Money;
import io.modelgate.budget.Per;
import io.modelgate.budget.Prices;
import io.modelgate.budget.Reaction;
import io.modelgate.budget.Runaway;
import io.modelgate.budget.Usage;
import io.modelgate.budget.Window;
import io.modelgate.control.FileControlLog;
import io.modelgate.fallback.Ladder;
import io.modelgate.redis.RedisControlLog;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.RolloutPolicy;
import io.modelgate.rollout.Rollouts;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the README, and the first of the page on fleets, compile, run, and are what is shown there. */
class ReadmeTest {

    record Applicant(double debtRatio) {}

    record Decision(boolean approve, double confidence) {
        static final Decision REFER = new Decision(false, 1);
    }

    record Forest(double confidence) {
        Decision predict(Applicant applicant) {
            return new Decision(applicant.debtRatio() < 0.5, confidence);
        }
    }

    static final class Rules {
        private Rules() {}

        static Decision debtRatio(Applicant applicant) {
            return new Decision(applicant.debtRatio() < 0.3, 1);
        }
    }

    @TempDir
    Path directory;

    @Test
    void theExampleGivesAnswersAndKills() {
        Forest forest = new Forest(0.9);
        Forest boosted = new Forest(0.8);
        Applicant applicant = new Applicant(0.4);
        Path log = directory.resolve("modelgate.log");
        Path careful = Path.of("../docs/policies/careful.yaml");
        // readme: begin
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)));
                Rollouts rollouts = Rollouts.open(gates)) {
            ModelGate<Applicant, Decision> credit = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", forest::predict)
                            .version("v2", boosted::predict)
                            .modelTimeout(Duration.ofMillis(200))
                            .deadline(Duration.ofMillis(250))
                            .accept(d -> d.confidence() >= 0.6 ? Verdict.ACCEPT : Verdict.LOW_CONFIDENCE)
                            .router(Cohorts.router())
                            .fallback(Ladder.of(
                                    l -> l.rule("debt-ratio", Rules::debtRatio).degrade(Decision.REFER))));

            rollouts.start(credit, "v2", RolloutPolicy.load(careful), Actor.of("alice"), "canary of v2");
            Decision decision = credit.call(applicant, Caller.of("user-42")); // always an answer
            KillReceipt kill = credit.kill(Actor.of("alice"), "approval rate fell"); // off when this returns
            boolean survivesRestart = kill.stored(Duration.ofSeconds(1));
            // readme: end
            // Stable's; the candidate's, for one caller in a hundred; the rule's, where the machine stood still for 200
            // ms.
            assertThat(decision).isIn(new Decision(true, 0.9), new Decision(true, 0.8), new Decision(false, 1));
            assertThat(kill.stored(Duration.ofSeconds(30)) || survivesRestart).isTrue();
            assertThat(credit.call(applicant, Caller.of("user-42"))).isEqualTo(new Decision(false, 1));
        }
    }

    @Test
    void thePolicyIsAPolicy() throws IOException {
        String readme = Files.readString(Path.of("../README.md"));
        String yaml = readme.substring(readme.indexOf("```yaml\n") + 8);
        RolloutPolicy policy = RolloutPolicy.parse("README.md", yaml.substring(0, yaml.indexOf("```")));
        assertThat(policy).isEqualTo(RolloutPolicy.load(Path.of("../docs/policies/careful.yaml")));
    }

    record Prompt(String text) {
        long tokens() {
            return text.length() / 3L + 1;
        }
    }

    record Reply(String text, Usage usage) {
        static final Reply STOP = new Reply("A person will take over.", Usage.of(0, 0));
    }

    /** An LLM that says as much as it may. */
    static final class Llm {
        private Llm() {}

        static Reply ask(Prompt prompt, long maxOutputTokens) {
            return new Reply("…", Usage.of(prompt.tokens(), maxOutputTokens));
        }
    }

    @Test
    void theBudgetExampleStopsAnAgentThatLoops() throws IOException {
        Path log = directory.resolve("modelgate.log");
        Path ledger = directory.resolve("modelgate.ledger");
        Path prices = Files.writeString(
                directory.resolve("prices.properties"),
                "version=1\ncurrency=USD\nlarge.input=2.50\nlarge.output=10.00\n");
        Prompt prompt = new Prompt("What is the answer?");
        // readme budgets: begin
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log))
                .budgets(b -> b.prices(Prices.load(prices)).ledger(ledger)))) {
            ModelGate<Prompt, Reply> chat = gates.gate(
                    "chat",
                    g -> g.callAwareStable(
                                    "v1", (in, call) -> Llm.ask(in, call.maxOutputTokens()), v -> v.price("large"))
                            .tokens(t -> t.input(Prompt::tokens).maxOutput(800).usage(Reply::usage))
                            .attributes("tenant")
                            .budget(
                                    Budget.money("session", Money.of("0.05", "USD"), Per.session()),
                                    Budget.money("tenant-day", Money.of("20", "USD"), Per.attribute("tenant"))
                                            .within(Window.day(ZoneOffset.UTC)))
                            .runaway(Runaway.repeatedInput(20, Reaction.KILL_SESSION))
                            .fallback(Ladder.of(l -> l.degrade(Reply.STOP))));

            Caller agent = Caller.of("user-42").session("s-7").with("tenant", "acme");
            Reply reply = chat.call(prompt, agent); // clamped to what is left, or else the safe answer
            // readme budgets: end
            assertThat(reply.usage()).isEqualTo(Usage.of(7, 800));
            int calls = 1;
            while (!chat.call(prompt, agent).equals(Reply.STOP)) {
                calls++;
            }
            assertThat(calls).isEqualTo(7);
            assertThat(gates.budgets().balance("session", "s-7").orElseThrow())
                    .satisfies(session -> assertThat(session.remaining()).isLessThan(18 + 10))
                    .satisfies(session -> assertThat(session.spent()).isBetween(49_972L, 50_000L));
        }
    }

    @Test
    void theFleetExampleIsConfirmed() throws IOException {
        RedisServer.assumeAvailable();
        Forest forest = new Forest(0.9);
        Path copy = Files.createDirectories(directory.resolve("copy"));
        RedisServer server = RedisServer.create().start();
        String redis = server.uri();
        // readme fleet: begin
        try (Gates gates = Gates.open(g -> g.controlLog(
                () -> RedisControlLog.open(r -> r.uri(redis).name("credit").directory(copy))))) {
            ModelGate<Applicant, Decision> credit = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", forest::predict).fallback(Ladder.of(l -> l.degrade(Decision.REFER))));

            KillReceipt kill = credit.kill(Actor.of("alice"), "approval rate fell"); // off in this process
            Confirmation off = kill.confirmed(Duration.ofSeconds(2)); // off in which others: confirmed, pending, silent
            // readme fleet: end
            assertThat(kill.confirmed(Duration.ofSeconds(30)).complete()).isTrue();
            assertThat(off.confirmed().size()
                            + off.pending().size()
                            + off.silent().size())
                    .isLessThanOrEqualTo(1);
        } finally {
            server.close();
        }
    }

    @Test
    void theExampleOfThePageOnFleetsKillsAndIsConfirmed() throws IOException {
        RedisServer.assumeAvailable();
        Forest forest = new Forest(0.9);
        Applicant applicant = new Applicant(0.4);
        Path copy = Files.createDirectories(directory.resolve("copy"));
        RedisServer server = RedisServer.create().start();
        String redis = server.uri();
        // fleet: begin
        try (Gates gates = Gates.open(g -> g.controlLog(() ->
                        RedisControlLog.open(r -> r.uri(redis).name("credit").directory(copy)))
                .killWhenStale(Duration.ofMinutes(5)))) {
            ModelGate<Applicant, Decision> credit = gates.gate(
                    "credit-risk",
                    g -> g.stable("v1", forest::predict).fallback(Ladder.of(l -> l.degrade(Decision.REFER))));

            KillReceipt kill = credit.kill(Actor.of("alice"), "approval rate fell"); // off in this process
            Confirmation off = kill.confirmed(Duration.ofSeconds(2)); // off where?
            boolean everywhere = off.complete();
            Duration heardOfRedis = gates.staleness(); // how long ago
            // fleet: end
            assertThat(everywhere || kill.confirmed(Duration.ofSeconds(30)).complete())
                    .isTrue();
            assertThat(heardOfRedis).isLessThan(Duration.ofMinutes(5));
            assertThat(credit.call(applicant, Caller.of("user-42"))).isEqualTo(Decision.REFER);
        } finally {
            server.close();
        }
    }

    @Test
    void thePagesShowThisVeryCode() throws IOException {
        assertThatItShows("README.md", "readme");
        assertThatItShows("README.md", "readme budgets");
        assertThatItShows("README.md", "readme fleet");
        assertThatItShows("docs/fleet.md", "fleet");
    }

    private static void assertThatItShows(String page, String part) throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        List<String> source =
                Files.readAllLines(root.resolve("examples/src/test/java/io/modelgate/examples/ReadmeTest.java"));
        int begin = source.indexOf("        // " + part + ": begin");
        int end = source.indexOf("            // " + part + ": end");
        String shown = String.join("\n", source.subList(begin + 1, end)).stripIndent() + "\n}";

        assertThat(Files.readString(root.resolve(page)).replace("\r\n", "\n")).contains("```java\n" + shown + "\n```");
    }
}
