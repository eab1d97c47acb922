package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Caller;
import io.modelgate.control.Entry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Processes that share a folder of exposures. */
final class ExposureRig implements AutoCloseable {

    /** What a process that died was called. */
    static final String DEAD = "17-0123abcd";

    final Rig.World world = new Rig.World();
    final Path root;
    private final List<Rig> rigs = new ArrayList<>();

    ExposureRig(Path root) {
        this.root = root;
    }

    ExposureLedger ledger(Consumer<ExposureLedgerBuilder> configure) {
        return ExposureLedger.in(root, configure);
    }

    Rig process(ExposureLedger ledger) {
        Rig rig = new Rig(world, r -> r.exposures(ledger));
        rigs.add(rig);
        return rig;
    }

    /** A process that has another gate only. */
    Rig without(ExposureLedger ledger) {
        Rig rig = new Rig(world, r -> r.exposures(ledger), "v1");
        rigs.add(rig);
        return rig;
    }

    /** A rollout of v2 that everyone is in and the ledger knows of. */
    static String start(Rig rig) {
        String rollout = start(rig, "v2");
        rig.rollouts.tick();
        return rollout;
    }

    /** A rollout that everyone is in. */
    static String start(Rig rig, String candidate) {
        Rollout rollout = Rollout.start(rig.gate, candidate, r -> r.weight(Weight.FULL), Rig.ALICE, "everyone");
        assertThat(rollout.stored(Duration.ofSeconds(5))).isTrue();
        return rollout.id();
    }

    static void end(Rig rig) {
        RolloutStart running = Routings.of(rig.gate).running();
        assertThat(running).isNotNull();
        Rig.stored(rig.gates.append(rig.gates.decision(
                "end-" + running.id(),
                EntryTypes.ROLLOUT_END,
                rig.gate.name(),
                Rig.BOB,
                "",
                Map.of(EntryTypes.ID, running.id()))));
    }

    static void call(Rig rig, String... keys) {
        for (String key : keys) {
            rig.gate.call("input", Caller.of(key));
        }
    }

    /** Writes down what was called. */
    static void written(Rig rig) {
        rig.gates.flushServed();
        rig.rollouts.tick();
    }

    void after(Duration duration, Rig... ticking) {
        world.time.advance(duration);
        for (Rig rig : ticking) {
            rig.rollouts.tick();
        }
    }

    /** Leaves the file of a process as if that had died: its lock is there, and nobody has it. */
    static Path die(Path open) {
        try {
            Path left = Files.move(open, open.resolveSibling(DEAD + ExposureFile.OPEN));
            Files.createFile(open.resolveSibling(DEAD + ExposureLock.SUFFIX));
            return left;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Path> files(String suffix) {
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(path -> path.toString().endsWith(suffix)).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What all files hold, as far as that is text. */
    String content() {
        StringBuilder content = new StringBuilder();
        for (Path path : files("")) {
            if (Files.isRegularFile(path)) {
                try {
                    content.append(Files.readString(path, StandardCharsets.ISO_8859_1));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
        return content.toString();
    }

    /** Another process with this class path. */
    static Process child(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    /** The next line that a process prints. */
    static String says(Process child) throws IOException {
        return new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    static void kill(Process child) throws InterruptedException {
        child.destroyForcibly();
        assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    static List<Map<String, Object>> seals(Rig rig) {
        return rig.entries(EntryTypes.EXPOSURES_SEALED).stream()
                .map(Entry::decision)
                .map(decision -> decision.data())
                .toList();
    }

    @Override
    public void close() {
        rigs.forEach(Rig::close);
    }
}
