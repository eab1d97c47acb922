package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the settings of the JDK's server do, each in a process of its own: they are read once. */
class JdkServerTest {

    private static List<String> probe(int connections, String... properties) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx256m");
        command.addAll(Arrays.asList(properties));
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), JdkServerProbe.class.getName(), "" + connections));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (InputStream out = process.getInputStream()) {
            List<String> lines = new String(out.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).isZero();
            return lines;
        }
    }

    @Test
    void whatIsNotSetIsSetAndHolds() throws Exception {
        List<String> said = probe(2_010);

        assertThat(said)
                .contains(
                        "sun.net.httpserver.nodelay=unset",
                        "sun.net.httpserver.nodelay=true",
                        "jdk.httpserver.maxConnections=2000",
                        "sun.net.httpserver.maxReqHeaderSize=65536")
                .contains("header.30000=431", "header.70000=closed", "connections=2000");
        assertThat(millis(said)).isLessThan(35);
    }

    @Test
    void whatIsSetStays() throws Exception {
        List<String> said = probe(
                20,
                "-Dsun.net.httpserver.nodelay=false",
                "-Djdk.httpserver.maxConnections=7",
                "-Dsun.net.httpserver.maxReqHeaderSize=100000");

        assertThat(said).contains("header.70000=431", "connections=7");
        assertThat(said).doesNotContain("sun.net.httpserver.nodelay=true");
    }

    private static long millis(List<String> said) {
        String line = said.stream()
                .filter(each -> each.startsWith("median.millis="))
                .findFirst()
                .orElseThrow();
        return Long.parseLong(line.substring(line.indexOf('=') + 1));
    }
}
