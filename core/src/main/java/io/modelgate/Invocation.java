package io.modelgate;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One call of a {@link Gated} method, as rungs see it: what {@link Fallen#input()} is in such a gate. Equal to another call of the same
 * method with equal arguments. Immutable and thread-safe, as far as the arguments are.
 */
public final class Invocation {

    private final String method;
    private final @Nullable Object[] arguments;

    Invocation(String method, @Nullable Object[] arguments) {
        this.method = method;
        this.arguments = arguments;
    }

    /** The name of the method. */
    public String method() {
        return method;
    }

    /** All arguments in order, those that make the caller included. Unmodifiable; primitive values are boxed. */
    public List<@Nullable Object> arguments() {
        return Collections.<@Nullable Object>unmodifiableList(Arrays.<@Nullable Object>asList(arguments));
    }

    /**
     * An argument as a type, null if it is null.
     *
     * @param index 0 for the first
     * @throws IndexOutOfBoundsException if the method has no such parameter
     * @throws ClassCastException if the argument has another type
     */
    public <T> @Nullable T argument(int index, Class<T> type) {
        return type.cast(arguments[index]);
    }

    /** The arguments themselves, shared and not to be changed. */
    @Nullable
    Object[] array() {
        return arguments;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Invocation that
                && method.equals(that.method)
                && Arrays.deepEquals(arguments, that.arguments);
    }

    /** Of the method and the arguments, arrays by their contents; a {@link Caller} among them does not count, so that inputs can be compared. */
    @Override
    public int hashCode() {
        int hash = method.hashCode();
        for (Object argument : arguments) {
            hash = 31 * hash + (argument instanceof Caller ? 0 : Arrays.deepHashCode(new Object[] {argument}));
        }
        return hash;
    }

    /** Names the method only: no input gets into a log by way of a string. */
    @Override
    public String toString() {
        return "Invocation[" + method + ", " + arguments.length + " arguments]";
    }
}
