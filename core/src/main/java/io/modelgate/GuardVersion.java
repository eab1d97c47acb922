package io.modelgate;

import java.lang.invoke.MethodHandle;

/** The method of an implementation that answers at once, as a gate calls it. Whatever it throws goes through as it is. */
record GuardVersion(MethodHandle method, GuardAnswers answers) implements Model<Invocation, Object> {

    @Override
    @SuppressWarnings("NullAway") // null is a model's way to have no usable answer
    public Object answer(Invocation invocation) throws Exception {
        Object returned;
        try {
            returned = (Object) method.invokeExact(invocation.array());
        } catch (Throwable thrown) {
            throw GuardVersion.<RuntimeException>asItIs(thrown);
        }
        return answers == GuardAnswers.PLAIN ? returned : answers.unwrap(returned);
    }

    /** Lets anything be thrown undeclared: what a method throws is its own business, and the gate's to judge. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T extends Throwable> T asItIs(Throwable thrown) throws T {
        throw (T) thrown;
    }
}
