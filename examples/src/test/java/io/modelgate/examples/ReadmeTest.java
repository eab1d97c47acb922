package io.modelgate.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.KillReceipt;
import io.modelgate.ModelGate;
import io.modelgate.Verdict;
import io.modelgate.control.FileControlLog;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.rollout.Rollout;
import io.modelgate.rollout.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The README's example compiles, runs, and is what the README shows. */
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
        // readme: begin
        try (Gates gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)))) {
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

            Rollout.start(credit, "v2", r -> r.weight(Weight.percent(1)), Actor.of("alice"), "canary of v2");
            Decision decision = credit.call(applicant, Caller.of("user-42")); // always an answer
            KillReceipt kill = credit.kill(Actor.of("alice"), "approval rate fell"); // off when this returns
            boolean survivesRestart = kill.stored(Duration.ofSeconds(1));
            // readme: end
            assertThat(decision).isEqualTo(new Decision(true, 0.9));
            assertThat(kill.stored(Duration.ofSeconds(30)) || survivesRestart).isTrue();
            assertThat(credit.call(applicant, Caller.of("user-42"))).isEqualTo(new Decision(false, 1));
        }
    }

    @Test
    void theReadmeShowsThisVeryCode() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        List<String> source =
                Files.readAllLines(root.resolve("examples/src/test/java/io/modelgate/examples/ReadmeTest.java"));
        int begin = source.indexOf("        // readme: begin");
        int end = source.indexOf("            // readme: end");
        String shown = String.join("\n", source.subList(begin + 1, end)).stripIndent() + "\n}";

        assertThat(Files.readString(root.resolve("README.md")).replace("\r\n", "\n"))
                .contains("```java\n" + shown + "\n```");
    }
}
