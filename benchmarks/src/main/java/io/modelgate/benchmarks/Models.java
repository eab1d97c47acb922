package io.modelgate.benchmarks;

import io.modelgate.Model;
import java.util.List;

/** Models that take next to no time, so that what is measured is what surrounds them. Each is a class of its own. */
final class Models {

    /** Thrown by a model that fails; made once, so that no benchmark measures how a stack trace is filled in. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // nobody reads its stack trace
    static final IllegalStateException FAULT = new IllegalStateException("fault of the benchmark's model");

    static final Model<Applicant, Answer> STABLE = a -> a.income() > 30_000 ? Answer.APPROVE : Answer.DECLINE;
    static final Model<Applicant, Answer> CANDIDATE = a -> a.income() > 31_000 ? Answer.APPROVE : Answer.REFER;

    static final Model<Applicant, Answer> FAULTY_STABLE = a -> {
        if (a.poisoned()) {
            throw FAULT;
        }
        return a.income() > 30_000 ? Answer.APPROVE : Answer.DECLINE;
    };
    static final Model<Applicant, Answer> FAULTY_CANDIDATE = a -> {
        if (a.poisoned()) {
            throw FAULT;
        }
        return a.income() > 31_000 ? Answer.APPROVE : Answer.REFER;
    };

    static final List<Model<Applicant, Answer>> EIGHT = List.of(
            a -> a.income() > 30_000 ? Answer.APPROVE : Answer.DECLINE,
            a -> a.income() > 31_000 ? Answer.APPROVE : Answer.REFER,
            a -> a.income() > 90_000 ? Answer.DECLINE : Answer.APPROVE,
            a -> a.income() < 10_000 ? Answer.DECLINE : Answer.REFER,
            a -> a.income() < 20_000 ? Answer.REFER : Answer.APPROVE,
            a -> a.income() * 2 > 50_000 ? Answer.APPROVE : Answer.DECLINE,
            a -> a.income() + 1 > 40_000 ? Answer.APPROVE : Answer.REFER,
            a -> a.income() - 1 > 80_000 ? Answer.REFER : Answer.APPROVE);

    private Models() {}
}
