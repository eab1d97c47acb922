package io.modelgate.console;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The options that say which console is meant. */
final class ApiOptions {

    @CommandLine.Option(names = "--api", paramLabel = "URL", description = "A console, instead of a control log.")
    @Nullable
    String api;

    @CommandLine.Option(
            names = "--token-file",
            paramLabel = "FILE",
            description = "Holds the token for it, and nothing else; default: $$MODELGATE_TOKEN.")
    @Nullable
    String tokenFile;

    @CommandLine.Option(names = "--insecure", description = "Sends the token unencrypted to another machine.")
    boolean insecure;
}
