package io.modelgate.console;

import io.modelgate.control.ControlLogProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where the log is that is meant: a file, or a store that a provider knows. */
sealed interface LogPlace {

    /** The options that name it in another command; none where the environment does. */
    List<String> options();

    /** What it means for a decision to be stored there. */
    String stored();

    /** A file that exists. */
    record InFile(Path path) implements LogPlace {

        @Override
        public List<String> options() {
            return List.of("--log", path.toString());
        }

        @Override
        public String stored() {
            return "on disk in " + path + "; running processes read it within 100 ms";
        }

        @Override
        public String toString() {
            return path.toString();
        }
    }

    /**
     * A log in a store.
     *
     * @param shown the URI without credentials
     * @param fromEnvironment whether the URI was not typed, so that another command finds it too
     */
    record InStore(
            ControlLogProvider provider,
            String uri,
            String shown,
            ControlLogProvider.Settings settings,
            boolean fromEnvironment)
            implements LogPlace {

        @Override
        public List<String> options() {
            List<String> name = settings.name().isEmpty() ? List.of() : List.of("--name", settings.name());
            return fromEnvironment
                    ? name
                    : Stream.concat(Stream.of("--log", shown), name.stream()).toList();
        }

        @Override
        public String stored() {
            return "in " + this + "; running processes that reach it read it at once";
        }

        @Override
        public String toString() {
            return settings.name().isEmpty() ? shown : settings.name() + " in " + shown;
        }
    }
}
