package io.modelgate.examples.credit;

import io.modelgate.Caller;
import io.modelgate.Outcome;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The service in a process that has just started on a control log: answers one call and says who answered it. */
final class Restarted {

    private Restarted() {}

    /** Exits 0 if the gate was killed before its first call and no model was invoked, else 1. */
    public static void main(String[] args) {
        System.exit(answerOne(Path.of(args[0])) ? 0 : 1);
    }

    private static boolean answerOne(Path log) {
        CreditData data = CreditData.split(Story.SEED);
        Applicant applicant = data.heldOut().get(0).applicant();
        try (Service service = Service.start(log, Models.train(data), new Backend("cpu-a"), new Backend("cpu-b"))) {
            boolean killed = !service.credit().live();
            Outcome<Decision> outcome = service.credit().decide(applicant, Caller.of("first-caller"));
            long invocations = Stream.of("v1", "v2")
                    .mapToLong(id -> service.credit().version(id).invocations())
                    .sum();
            System.out.println("killed before its first call: " + (killed ? "yes" : "no"));
            System.out.println("its first call: "
                    + (outcome instanceof Outcome.FellBack<Decision> fell
                            ? "rung " + fell.rung() + " answered " + fell.value() + ", cause " + fell.reason()
                            : String.valueOf(outcome)));
            System.out.println("invocations of a model: " + invocations);
            return killed && invocations == 0;
        }
    }
}
