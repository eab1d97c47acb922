package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import io.modelgate.control.FileControlLog;
import io.modelgate.rollout.Rollouts;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The examples of the Javadoc compile and do what they say. */
class SnippetsTest {

    @TempDir
    Path directory;

    private final String hash = Token.generate().hash();

    @Test
    void consoleOfAProcess() {
        try (Gates gates = Gates.open(g -> {});
                Rollouts rollouts = Rollouts.open(gates)) {
            try (Console console = Console.start(
                    gates,
                    c -> c.port(0)
                            .token("alice", Role.OPERATOR, hash) // the hash that `modelgate token` printed
                            .rollouts(rollouts))) {
                assertThat(console.address().toString()).matches("http://127\\.0\\.0\\.1:\\d+/");
            }
        }
    }

    @Test
    void consoleOfAFleet() {
        Path path = directory.resolve("modelgate.log");
        try (Console console = Console.standalone(
                () -> FileControlLog.open(path), c -> c.port(0).token("alice", Role.OPERATOR, hash))) {
            assertThat(console.address().getHost()).isEqualTo("127.0.0.1");
        }
    }
}
