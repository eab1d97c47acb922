package io.modelgate.examples.credit;

import io.modelgate.Caller;
import io.modelgate.Outcome;
import java.nio.file.Path;
import java.util.List;

/** The service in a process that has just started on a control log: answers one call and says who answered it. */
final class Restarted {

    private Restarted() {}

    /** Exits 0 if the gate was killed before its first call and no model was invoked, else 1. */
    public static void main(String[] args) {
        CreditData data = CreditData.split(Story.SEED);
        try (Service service =
                Service.start(Path.of(args[0]), Models.train(data), new Backend("cpu-a"), new Backend("cpu-b"))) {
            boolean killed = !service.credit().live();
            Outcome<Decision> outcome = service.credit()
                    .decide(data.heldOut().get(0).applicant(), Caller.of("first-caller"));
            long invocations = service.gates().describe().get(0).versions().stream()
                    .filter(List.of("v1", "v2")::contains)
                    .mapToLong(version -> service.credit().version(version).invocations())
                    .sum();
            System.out.println("killed before the first call: " + (killed ? "yes" : "no"));
            System.out.println("first call answered by: "
                    + (outcome instanceof Outcome.FellBack<Decision> fell
                            ? "rung " + fell.rung() + ", because " + fell.reason()
                            : outcome.answeredBy().orElse("nobody")));
            System.out.println("invocations of a model: " + invocations);
            System.exit(killed && invocations == 0 ? 0 : 1);
        }
    }
}
