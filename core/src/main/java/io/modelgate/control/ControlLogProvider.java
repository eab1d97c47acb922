package io.modelgate.control;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/**
 * Opens the control logs of one kind of store by their URI, for the command line; found with {@link java.util.ServiceLoader}.
 *
 * <p>What is opened is looked at, or one thing is decided, and then it is closed: it is no process of the fleet, and never creates a
 * log. No message of an implementation holds the credentials of a URI. Implementations are thread-safe and have a public constructor
 * without parameters.
 */
public interface ControlLogProvider {

    /** Whether a text is a URI of this kind of store, as far as its scheme tells. */
    boolean accepts(String uri);

    /**
     * The place in words, without credentials, as it can be given to {@code --log}.
     *
     * @throws IllegalArgumentException if the URI is not understood
     */
    String describe(String uri);

    /**
     * Opens a log to decide something.
     *
     * @throws IllegalArgumentException if the URI or a setting is not understood, or there is no such log
     * @throws ControlLogException if the store cannot be reached within the patience, or refuses
     */
    ControlLog open(String uri, Settings settings);

    /**
     * Opens a log to look at it only.
     *
     * @throws IllegalArgumentException as for {@link #open}
     * @throws ControlLogException as for {@link #open}
     */
    ControlLog view(String uri, Settings settings);

    /**
     * Reads all of a log, archived entries included, and recomputes its chain.
     *
     * @throws IllegalArgumentException as for {@link #open}
     * @throws ControlLogException as for {@link #open}
     */
    Verification verify(String uri, Settings settings);

    /**
     * Writes the entries that are not in an archive yet, but for the last ones, to a new file, and then makes the store smaller by them.
     *
     * @param keep how many entries stay as they are, zero or more
     * @throws IllegalArgumentException as for {@link #open}, or if the file exists
     * @throws ControlLogException as for {@link #open}, or if the file cannot be written
     */
    Archived archive(String uri, Settings settings, Path file, long keep);

    /**
     * How a log is opened. Immutable.
     *
     * @param name the log's name in its store; empty for the store's usual one
     * @param environment the environment variables, which may hold credentials
     * @param patience how long the store may take to answer, more than zero
     */
    record Settings(String name, Map<String, String> environment, Duration patience) {

        /**
         * Copies the environment.
         *
         * @throws IllegalArgumentException if the patience is not positive
         */
        public Settings {
            Objects.requireNonNull(name, "name");
            environment = Map.copyOf(environment);
            if (patience.isNegative() || patience.isZero()) {
                throw new IllegalArgumentException("patience is " + patience + ": expected more than zero");
            }
        }

        /** Without the environment. */
        @Override
        public String toString() {
            return "Settings[name=" + name + ", patience=" + patience + "]";
        }
    }
}
