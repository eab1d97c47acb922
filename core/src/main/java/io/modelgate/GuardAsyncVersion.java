package io.modelgate;

import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletionStage;

/** The method of an implementation that answers later, as a gate calls it. Whatever it throws goes through as it is. */
record GuardAsyncVersion(MethodHandle method, GuardAnswers answers) implements AsyncModel<Invocation, Object> {

    @Override
    @SuppressWarnings({"unchecked", "NullAway"
    }) // the method's type says so; null is a model's way to have no usable answer
    public CompletionStage<Object> answer(Invocation invocation, Call call) throws Exception {
        try {
            Object returned = (Object) method.invokeExact(invocation.array());
            return returned == null ? null : (CompletionStage<Object>) answers.begin(returned);
        } catch (Throwable thrown) {
            throw GuardVersion.<RuntimeException>asItIs(thrown);
        }
    }
}
