package io.modelgate.console;

import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate console}: serves the page and the API of a control log, for all that serve from it. */
@CommandLine.Command(
        name = "console",
        customSynopsis = "modelgate console --config FILE [--port PORT] " + Subcommand.LOG,
        description = "Serves the page and the API of a control log, until Ctrl-C.",
        footer = {
            "",
            "FILE is YAML, which only its owner may write to. All but tokens or proxy may be left out:",
            "  listen: 127.0.0.1:7710",
            "  hosts: [ops.example.com]            # other names that it answers to",
            "  tls: {keystore: console.p12, type: PKCS12, password-file: console.password}   # or password-env: NAME",
            "  behind-proxy: false                 # true: only an encrypting proxy reaches the address",
            "  requests-per-second: 300            # for each operator",
            "  tokens:                             # a line of `modelgate token` for each",
            "    - {actor: alice, role: operator, sha256: 5e88...}",
            "  proxy: {header: X-Forwarded-User, users: {bob: approver}}   # whom a reverse proxy names"
        })
final class ConsoleCommand extends Subcommand {

    @CommandLine.Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Where it listens and who may use it; docs/command.md describes the file.")
    private @Nullable String config;

    @CommandLine.Option(
            names = "--port",
            paramLabel = "PORT",
            description = "The port of the loopback address; default: 7710; not with listen in the file.")
    private @Nullable String port;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    ConsoleCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        if (config == null) {
            throw new UsageException("--config FILE is missing: it says who may use the console; `"
                    + logs.again("token") + "` makes a token and the line for it");
        }
        Path file = Path.of(config);
        int number = (int) number("--port", port, -1, 0, 65_535);
        LogPlace place = logs.place(options);
        try (Console console = Console.standalone(logs.opener(place), c -> {
            ConsoleFile.readAlone(file, c, name -> logs.env(name), port);
            if (number >= 0) {
                c.port(number);
            }
        })) {
            screen.line("console of " + place + ": " + console.address());
            screen.object(() -> CommandJson.object("address", console.address().toString(), "log", place.toString()));
            screen.flush();
            untilStopped(console);
            return Command.DONE;
        }
    }

    /** Ctrl-C and a polite kill end the process: what is open is closed before. */
    private static void untilStopped(Console console) {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            console.close();
                            stopped.countDown();
                        },
                        "modelgate-console-stop"));
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
