package io.modelgate;

import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletionStage;

/** The method of an implementation that answers later, as a gate calls it. Whatever it throws goes through as it is. */
record GuardAsyncVersion(MethodHandle method) implements AsyncModel<Invocation, Object> {

    @Override
    @SuppressWarnings("unchecked") // the method's type says so
    public CompletionStage<Object> answer(Invocation invocation, Call call) throws Exception {
        try {
            return (CompletionStage<Object>) (Object) method.invokeExact(invocation.array());
        } catch (Throwable thrown) {
            throw GuardVersion.<RuntimeException>asItIs(thrown);
        }
    }
}
