package io.modelgate.examples.agent;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import java.util.Optional;
import java.util.Random;

/** A scripted agent in one session: it thinks, calls tools and sums up, and every prompt holds all that was said before. For use by one thread. */
final class Agent {

    private static final long TASK = 160;

    private final ModelGate<Prompt, Answer> chat;
    private final Caller caller;
    private final Tally tally;
    private final Random random;
    private final StringBuilder said = new StringBuilder(Prompt.words("task", TASK));

    Agent(ModelGate<Prompt, Answer> chat, Caller caller, Tally tally, long seed) {
        this.chat = chat;
        this.caller = caller;
        this.tally = tally;
        random = new Random(seed);
    }

    /** This agent in a service that was started again: it knows what was said. */
    Agent resumed(ModelGate<Prompt, Answer> chat) {
        Agent resumed = new Agent(chat, caller, tally, random.nextLong());
        resumed.said.setLength(0);
        resumed.said.append(said);
        return resumed;
    }

    /** Forgets what was said, apart from its task, as agents do whose context is too long. */
    void compact() {
        said.setLength(0);
        said.append(Prompt.words("task", TASK));
    }

    /** Does its work with so many calls of a tool, and sums up; what stopped it, if anything did. */
    Optional<Outcome<Answer>> work(int tools) {
        for (int i = 0; i < tools; i++) {
            Optional<Outcome<Answer>> stopped = round("found");
            if (stopped.isPresent()) {
                return stopped;
            }
        }
        return stopped(ask(Step.SUMMARISE));
    }

    /** Never gets what it looks for, and goes on until something stops it, or for so many rounds. */
    Optional<Outcome<Answer>> loop(int rounds) {
        Optional<Outcome<Answer>> stopped = Optional.empty();
        for (int i = 0; i < rounds && stopped.isEmpty(); i++) {
            stopped = round("nothing");
        }
        return stopped;
    }

    /** Keeps forgetting, and so asks the same again and again until something stops it, or for so many times. */
    Optional<Outcome<Answer>> repeat(int times) {
        Optional<Outcome<Answer>> stopped = Optional.empty();
        for (int i = 0; i < times && stopped.isEmpty(); i++) {
            stopped = stopped(ask(Step.THINK));
            compact();
        }
        return stopped;
    }

    private Optional<Outcome<Answer>> round(String result) {
        Optional<Outcome<Answer>> stopped = stopped(ask(Step.THINK)).or(() -> stopped(ask(Step.CALL_TOOL)));
        said.append(Prompt.words(result, 20 + random.nextInt(30)));
        return stopped;
    }

    /** One call. */
    Outcome<Answer> ask(Step step) {
        Outcome<Answer> outcome = tally.count(chat.decide(new Prompt(step, said.toString()), caller));
        outcome.answer().ifPresent(answer -> said.append(answer.text()));
        return outcome;
    }

    /** A call that the gate refused is where an agent stops; one that failed it asks again. */
    private static Optional<Outcome<Answer>> stopped(Outcome<Answer> outcome) {
        boolean refused = outcome.answeredBy().isEmpty()
                && outcome.cause().filter(Cause::refusal).isPresent();
        return refused ? Optional.of(outcome) : Optional.empty();
    }
}
