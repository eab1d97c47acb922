package io.modelgate;

import java.lang.invoke.MethodHandle;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What happens when one method of the guarded type is called. */
sealed interface GuardTarget {

    @Nullable
    Object call(@Nullable Object[] arguments) throws Throwable;

    /** Goes through a gate. */
    record Gate(ModelGate<Invocation, Object> gate, String method, GuardCaller caller, GuardAnswers answers)
            implements GuardTarget {
        @Override
        public Object call(@Nullable Object[] arguments) {
            Invocation invocation = new Invocation(method, arguments);
            // Two calls: a caller that comes from either of two places is one that the compiler allocates.
            Object answer = caller.isGiven()
                    ? gate.call(invocation, caller.given(arguments))
                    : gate.call(invocation, caller.made(arguments));
            return answers == GuardAnswers.PLAIN ? answer : answers.wrap(answer);
        }
    }

    /** Goes through a gate, and answers later. */
    record AsyncGate(ModelGate<Invocation, Object> gate, String method, GuardCaller caller) implements GuardTarget {
        @Override
        public CompletableFuture<Object> call(@Nullable Object[] arguments) {
            return gate.callAsync(
                    new Invocation(method, arguments),
                    caller.isGiven() ? caller.given(arguments) : caller.made(arguments));
        }
    }

    /** Goes through a gate each time that the returned object is used, and answers later in a type of a library. */
    record LaterGate(ModelGate<Invocation, Object> gate, String method, GuardCaller caller, LaterAnswer later)
            implements GuardTarget {
        @Override
        public Object call(@Nullable Object[] arguments) {
            Invocation invocation = new Invocation(method, arguments);
            Supplier<Caller> from = caller.atUse(arguments);
            return later.wrap(() -> gate.callAsync(invocation, from.get()));
        }
    }

    /** Goes through a gate each time that somebody subscribes to the returned object, a stream. */
    record StreamGate(ModelGate<Invocation, Object> gate, String method, GuardCaller caller, StreamAnswer stream)
            implements GuardTarget {
        @Override
        public Object call(@Nullable Object[] arguments) {
            Invocation invocation = new Invocation(method, arguments);
            Supplier<Caller> from = caller.atUse(arguments);
            return stream.wrap(() -> new StreamCall(gate, invocation, from.get(), stream.type()));
        }
    }

    /** Goes to an object as it is: the stable implementation, or the interface's own body. */
    record Plain(MethodHandle method) implements GuardTarget {
        @Override
        public @Nullable Object call(@Nullable Object[] arguments) throws Throwable {
            return (Object) method.invokeExact(arguments);
        }
    }
}
