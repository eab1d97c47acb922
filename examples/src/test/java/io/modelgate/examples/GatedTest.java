package io.modelgate.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Actor;
import io.modelgate.CallerAttribute;
import io.modelgate.CallerKey;
import io.modelgate.Cause;
import io.modelgate.Gated;
import io.modelgate.Gates;
import io.modelgate.Scope;
import io.modelgate.Verdict;
import io.modelgate.Version;
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

/** The examples of docs/gated.md compile, run, and are what that page shows. */
class GatedTest {

    record Applicant(double debtRatio) {}

    record Decision(boolean approve, double confidence) {
        static final Decision REFER = new Decision(false, 1);
    }

    // gated.md: interface
    interface CreditModel {
        @Gated(value = "credit-risk", fallback = "byDebtRatio")
        Decision decide(Applicant applicant, @CallerKey String user, @CallerAttribute("region") String region);

        default Decision byDebtRatio(Applicant applicant, String user, String region, Cause cause) {
            return new Decision(applicant.debtRatio() < 0.3, 1);
        }
    }

    @Version("v1")
    static final class Forest implements CreditModel {
        @Override
        public Decision decide(Applicant applicant, String user, String region) {
            return new Decision(applicant.debtRatio() < 0.5, 0.9);
        }
    }

    @Version(value = "v2", backend = "gpu-a")
    static final class Boosted implements CreditModel {
        @Override
        public Decision decide(Applicant applicant, String user, String region) {
            return new Decision(applicant.debtRatio() < 0.6, 0.8);
        }
    }
    // gated.md: end

    interface OfferModel {
        @Gated("offers")
        Decision decide(Applicant applicant, @CallerKey String user);
    }

    @Version("v1")
    static final class Offers implements OfferModel {
        @Override
        public Decision decide(Applicant applicant, String user) {
            return new Decision(true, 0.2);
        }
    }

    @Test
    void annotationsSuffice() {
        Applicant applicant = new Applicant(0.4);
        // gated.md: guard
        try (Gates gates = Gates.open(g -> {})) {
            CreditModel credit = gates.guard(CreditModel.class, new Forest(), new Boosted());

            Decision decision = credit.decide(applicant, "user-42", "eu");
            gates.kill(Scope.gate("credit-risk").where("region", "eu"), Actor.of("alice"), "approval rate fell");
            Decision safe = credit.decide(applicant, "user-42", "eu");
            // gated.md: end
            assertThat(decision).isEqualTo(new Decision(true, 0.9));
            assertThat(safe).isEqualTo(new Decision(false, 1));
            assertThat(credit.decide(applicant, "user-42", "us").approve()).isTrue();
        }
    }

    @Test
    void gatesMayBeConfigured() {
        try (Gates gates = Gates.open(g -> {})) {
            // gated.md: configure
            OfferModel offers = gates.guard(
                    OfferModel.class,
                    g -> g.gate(
                            "offers",
                            Decision.class,
                            gate -> gate.deadline(Duration.ofSeconds(1))
                                    .accept(d -> d.confidence() >= 0.6 ? Verdict.ACCEPT : Verdict.LOW_CONFIDENCE)
                                    .router(Cohorts.router())
                                    .version("v2", asked -> rank(asked.argument(0, Applicant.class)))
                                    .fallback(Ladder.of(l -> l.degrade(Decision.REFER)))),
                    new Offers());
            Rollout.start(
                    gates.gate("offers"), "v2", r -> r.weight(Weight.percent(1)), Actor.of("alice"), "canary of v2");
            // gated.md: end
            assertThat(offers.decide(new Applicant(0.4), "user-42")).isEqualTo(Decision.REFER);
            assertThat(Rollout.running(gates.gate("offers"))).isPresent();
        }
    }

    private static Decision rank(Applicant applicant) {
        return new Decision(applicant.debtRatio() < 0.2, 0.5);
    }

    @Test
    void thePageShowsThisVeryCode() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve("README.md"))) {
            root = root.getParent();
        }
        List<String> source =
                Files.readAllLines(root.resolve("examples/src/test/java/io/modelgate/examples/GatedTest.java"));
        String page = Files.readString(root.resolve("docs/gated.md")).replace("\r\n", "\n");
        for (String part : List.of("interface", "guard", "configure")) {
            List<String> from = source.subList(indexOf(source, "// gated.md: " + part) + 1, source.size());
            String shown = String.join("\n", from.subList(0, indexOf(from, "// gated.md: end")))
                    .stripIndent()
                    .strip();
            assertThat(page).contains("```java\n" + shown + "\n" + (part.equals("guard") ? "}\n" : "") + "```");
        }
    }

    private static int indexOf(List<String> lines, String line) {
        return lines.stream().map(String::strip).toList().indexOf(line);
    }
}
