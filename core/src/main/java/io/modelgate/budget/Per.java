package io.modelgate.budget;

/**
 * What has an account of its own under a budget.
 *
 * <p>Calls that lack it (no session, no key, no such attribute) share one account: they never go free. All are immutable and
 * thread-safe.
 */
public sealed interface Per {

    /** Returns: each session. Its account is forgotten when the session has been idle for long enough. */
    static Per session() {
        return new Session();
    }

    /** Returns: each caller, by its key. */
    static Per caller() {
        return new Key();
    }

    /**
     * Returns: each value of an attribute of the caller, for instance {@code tenant}.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'
     * @throws IllegalArgumentException if the name is none
     */
    static Per attribute(String name) {
        return new Attribute(name);
    }

    /** Returns: each version of each gate. */
    static Per version() {
        return new Version();
    }

    /** Returns: each gate. */
    static Per gate() {
        return new Gate();
    }

    /** Each session. */
    record Session() implements Per {}

    /** Each caller, by its key. */
    record Key() implements Per {}

    /**
     * Each value of an attribute of the caller.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'
     */
    record Attribute(String name) implements Per {
        /**
         * Checks the name.
         *
         * @throws IllegalArgumentException if the name is none
         */
        public Attribute {
            Names.name("attribute", name);
        }
    }

    /** Each version of each gate. */
    record Version() implements Per {}

    /** Each gate. */
    record Gate() implements Per {}

    /** What it is, in words. */
    default String text() {
        if (this instanceof Attribute attribute) {
            return "attribute " + attribute.name();
        }
        return this instanceof Session
                ? "session"
                : this instanceof Key ? "caller" : this instanceof Version ? "version" : "gate";
    }

    /** Whether there are only as many accounts as gates and versions, so that none is ever forgotten. */
    default boolean fixed() {
        return this instanceof Gate || this instanceof Version;
    }
}
