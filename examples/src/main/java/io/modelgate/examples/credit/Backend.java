package io.modelgate.examples.credit;

import io.modelgate.Model;
import java.io.IOException;

/** A machine that runs models, and that can be made to fail. Thread-safe. */
final class Backend {

    private final String name;
    private volatile boolean failing;

    Backend(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    void fail() {
        failing = true;
    }

    void heal() {
        failing = false;
    }

    /** A version that runs here: its decisions by the scores of this model. */
    Model<Applicant, Decision> run(String version, Scorer scorer) {
        return Tape.recording(version, applicant -> {
            if (failing) {
                throw new IOException("backend " + name + " does not answer");
            }
            return Decision.of(scorer.probabilityOfBad(applicant));
        });
    }
}
