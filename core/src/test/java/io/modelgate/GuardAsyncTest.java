package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Gated methods that answer later. */
class GuardAsyncTest {

    private final Gates gates = Gates.open(g -> g.executor(Runnable::run).ladderExecutor(Runnable::run));

    @AfterEach
    void close() {
        gates.close();
    }

    interface Agent {
        @Gated(value = "agent", fallback = "apology")
        CompletionStage<String> ask(String question, @CallerKey String user);

        @Gated(value = "summary", fallback = "later")
        CompletableFuture<String> summary(String text);

        @Gated("bare")
        CompletableFuture<String> bare(String text);

        default String apology(String question, String user, Cause cause) {
            return "sorry: " + cause;
        }

        static CompletionStage<String> later(String text) {
            return text.equals("never") ? new CompletableFuture<>() : CompletableFuture.supplyAsync(() -> "later");
        }
    }

    @Version("v1")
    static final class Scripted implements Agent {
        CompletableFuture<String> answer = new CompletableFuture<>();

        @Override
        public CompletionStage<String> ask(String question, String user) {
            return answer;
        }

        @Override
        public CompletableFuture<String> summary(String text) {
            return answer;
        }

        @Override
        public CompletableFuture<String> bare(String text) {
            return answer;
        }
    }

    private final Scripted scripted = new Scripted();

    @Test
    void stageCompletesWithTheVersionsAnswer() {
        CompletionStage<String> asked = gates.guard(Agent.class, scripted).ask("why?", "user-1");

        assertThat(asked).isNotCompleted();
        scripted.answer.complete("because");
        assertThat(asked).isCompletedWithValue("because");
    }

    @Test
    void failedStageIsAnsweredByTheFallback() {
        CompletionStage<String> asked = gates.guard(Agent.class, scripted).ask("why?", "user-1");
        scripted.answer.completeExceptionally(new CompletionException(new IOException("down")));

        assertThat(asked).isCompletedWithValue("sorry: ERROR");
    }

    @Test
    void stageOfNullIsNoUsableAnswer() {
        CompletionStage<String> asked = gates.guard(Agent.class, scripted).ask("why?", "user-1");
        scripted.answer.complete(null);

        assertThat(asked).isCompletedWithValue("sorry: INVALID_OUTPUT");
    }

    @Test
    void noStageAtAllIsNoUsableAnswer() {
        scripted.answer = null;

        assertThat(gates.guard(Agent.class, scripted).ask("why?", "user-1"))
                .isCompletedWithValueMatching(answer -> answer.startsWith("sorry: "));
    }

    @Test
    void fallbackMayAnswerLaterToo() {
        CompletableFuture<String> summary = gates.guard(Agent.class, scripted).summary("text");
        scripted.answer.completeExceptionally(new IOException("down"));

        assertThat(summary).isCompletedWithValue("later");
    }

    @Test
    void fallbackThatIsLateHasNoAnswer() {
        Agent agent = gates.guard(
                Agent.class, g -> g.gate("summary", gate -> gate.deadline(Duration.ofMillis(50))), scripted);
        CompletableFuture<String> summary = agent.summary("never");
        scripted.answer.completeExceptionally(new IOException("down"));

        assertThatThrownBy(summary::join).hasCauseInstanceOf(GateException.class);
    }

    @Test
    void hardFailureIsAGateExceptionInTheStage() {
        IOException fault = new IOException("down");
        CompletableFuture<String> bare = gates.guard(Agent.class, scripted).bare("text");
        scripted.answer.completeExceptionally(fault);

        assertThatThrownBy(bare::join)
                .cause()
                .isInstanceOf(GateException.class)
                .cause()
                .isSameAs(fault);
    }

    @Test
    void cancellingTheStageCancelsTheVersions() {
        CompletableFuture<String> bare = gates.guard(Agent.class, scripted).bare("text");

        bare.cancel(true);

        assertThat(scripted.answer).isCancelled();
        assertThat(gates.gate("bare").inFlight(Scope.gate("bare"))).isZero();
    }
}
