package io.modelgate.benchmarks.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.benchmarks.spring.Start.Kind;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class StartTest {

    @TempDir
    Path directory;

    private static boolean hasGates(Kind kind) throws IOException {
        List<URL> path = new ArrayList<>();
        for (String jar : kind.classPath()) {
            path.add(Path.of(jar).toUri().toURL());
        }
        try (URLClassLoader loader = new URLClassLoader(path.toArray(URL[]::new), null)) {
            return loader.findResource("io/modelgate/Gates.class") != null;
        }
    }

    @Test
    void withoutTheStarterNothingOfModelGateIsThere() throws Exception {
        assertThat(hasGates(Kind.WITHOUT)).isFalse();
        assertThat(hasGates(Kind.IDLE)).isTrue();

        Start start = Start.of(Kind.WITHOUT, directory);

        assertThat(start.answer()).isEqualTo("approved without a gate");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void withTheStarterTheModelIsBehindAGate() throws Exception {
        Start start = Start.of(Kind.GATED, directory);

        assertThat(start.answer()).isEqualTo("approved by v1");
        assertThat(Files.readString(directory.resolve("modelgate.log"))).contains("credit-risk");
        assertThat(start.jvmMillis()).isGreaterThan(start.runMillis());
        assertThat(start.cpuMillis()).isPositive();
    }
}
