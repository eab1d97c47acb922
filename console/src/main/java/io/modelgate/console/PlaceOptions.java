package io.modelgate.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The options that say which control log is meant. */
final class PlaceOptions {

    @CommandLine.Option(names = "--log", paramLabel = "FILE", description = "The control log in a file.")
    @Nullable
    String log;

    @CommandLine.Option(names = "--redis", paramLabel = "URI", description = "The control log on a Redis.")
    @Nullable
    String redis;

    @CommandLine.Option(names = "--name", paramLabel = "NAME", description = "The log's name on that Redis.")
    @Nullable
    String name;

    /** The value of {@code --log}, or of {@code --redis}, which means the same. */
    @Nullable
    String given() throws UsageException {
        if (log != null && redis != null) {
            throw new UsageException("both --log and --redis are given");
        }
        if (redis != null && !LogAccess.isUri(redis)) {
            throw new UsageException(
                    "--redis takes a URI that begins with redis:// or rediss://, or with redis-sentinel://"
                            + " and the like; a file is named with --log");
        }
        return log == null ? redis : log;
    }
}
