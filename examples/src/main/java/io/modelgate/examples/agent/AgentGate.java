package io.modelgate.examples.agent;

import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Money;
import io.modelgate.budget.Per;
import io.modelgate.budget.Reaction;
import io.modelgate.budget.Runaway;
import io.modelgate.budget.Window;
import io.modelgate.fallback.Ladder;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;

/** The whole configuration of the gate {@code chat}: this is the part to copy. */
final class AgentGate {

    static final String NAME = "chat";
    static final Budget SESSION = Budget.money("session", Money.of("0.05", "USD"), Per.session());
    static final Budget SESSION_TOKENS = Budget.tokens("session-tokens", 40_000, Per.session());
    static final Budget TENANT_DAY = Budget.money("tenant-day", Money.of("0.16", "USD"), Per.attribute("tenant"))
            .within(Window.day(ZoneOffset.UTC));

    private AgentGate() {}

    static List<Budget> ceilings() {
        return List.of(SESSION, SESSION_TOKENS, TENANT_DAY);
    }

    static ModelGate<Prompt, Answer> open(Gates gates, ChatModel small, ChatModel large, List<Budget> ceilings) {
        return gates.gate(
                NAME,
                g -> g.callAwareStable("small", small, v -> v.backend("b").price("scripted/small"))
                        .callAwareVersion("large", large, v -> v.backend("a").price("scripted/large"))
                        .attributes("tenant")
                        .tokens(t -> t.input(Prompt::tokens)
                                .maxOutput(prompt -> prompt.step().most())
                                .usage(Answer::usage))
                        .budget(ceilings.toArray(Budget[]::new))
                        .runaway(
                                Runaway.repeatedInput(3, Reaction.OBSERVE),
                                Runaway.repeatedInput(6, Reaction.KILL_SESSION))
                        .modelTimeout(Duration.ofSeconds(20))
                        .deadline(Duration.ofSeconds(30))
                        .cutInFlightOnKill()
                        .fallback(Ladder.of(l -> l.previousVersion().degrade(Answer.STOP))));
    }
}
