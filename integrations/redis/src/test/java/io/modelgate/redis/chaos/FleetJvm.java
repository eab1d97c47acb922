package io.modelgate.redis.chaos;

import io.modelgate.testkit.TcpProxy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/** One process of the fleet: its JVM, ended and started again with the same directory, its network and its journal. */
final class FleetJvm implements AutoCloseable {

    final String name;
    final Path directory;
    final Optional<TcpProxy> network;

    private final Path folder;
    private final Path journal;
    private final List<String> arguments;
    private final Map<String, Life.Report> reports = new ConcurrentHashMap<>();
    private int lives;
    private volatile boolean serving;
    private volatile boolean stopped;
    private volatile boolean mayEnd;
    private volatile boolean gaveUp;
    private Process process;
    private Thread reader;

    /** A process that reaches its log at {@code uri} and its budgets at another; its files are below {@code folder}. */
    FleetJvm(
            String name,
            Path folder,
            Optional<TcpProxy> network,
            String uri,
            long seed,
            int pauseMillis,
            String budgets)
            throws IOException {
        this.name = name;
        this.folder = folder;
        this.network = network;
        directory = Files.createDirectories(folder.resolve(name));
        journal = folder.resolve(name + ".journal");
        arguments =
                List.of(name, uri, directory.toString(), String.valueOf(seed), String.valueOf(pauseMillis), budgets);
    }

    void start() {
        mayEnd = false;
        start("");
    }

    /** Starts it unable to make any file longer than some kilobytes. */
    void startWithFileLimit(long kilobytes) {
        mayEnd = true;
        start("ulimit -f " + kilobytes + " && ");
    }

    private void start(String before) {
        lives++;
        serving = false;
        stopped = false;
        reports.clear();
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                before + "exec \"$@\"",
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx128m",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
                "-Dorg.slf4j.simpleLogger.showDateTime=true",
                "-cp",
                System.getProperty("java.class.path"),
                FleetProcess.class.getName()));
        command.addAll(arguments);
        try {
            process = new ProcessBuilder(command)
                    .redirectError(folder.resolve(name + "." + lives + ".err").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Process started = process;
        String boot = Life.BOOT + " " + lives + (before.isEmpty() ? "" : " " + Life.WITHOUT_ROOM);
        reader = new Thread(() -> read(started, boot), "journal-of-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** To the end of its output, also after its end: what it wrote counts. */
    private void read(Process from, String boot) {
        try (BufferedReader in =
                        new BufferedReader(new InputStreamReader(from.getInputStream(), StandardCharsets.UTF_8));
                Writer out = Files.newBufferedWriter(journal, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            out.write(boot + "\n");
            StringBuilder line = new StringBuilder();
            for (int next = in.read(); next >= 0; next = in.read()) {
                line.append((char) next);
                if (next == '\n') {
                    out.append(line);
                    heed(line.substring(0, line.length() - 1));
                    line.setLength(0);
                }
            }
            gaveUp |= !mayEnd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void heed(String line) {
        if (line.equals("serving")) {
            serving = true;
        } else if (line.startsWith("state ")) {
            Life.Report report = Life.report(line.split(" "));
            reports.put(report.number(), report);
        }
    }

    boolean serving() {
        return serving && !stopped && alive();
    }

    /** Whether it ever ended by itself, other than by a full disk. */
    boolean gaveUp() {
        return gaveUp;
    }

    boolean alive() {
        return process != null && process.isAlive();
    }

    Optional<Life.Report> report(String number) {
        return Optional.ofNullable(reports.get(number));
    }

    /** Whether it could be told; a process that is gone cannot. */
    boolean tell(String line) {
        try {
            OutputStream in = process.getOutputStream();
            in.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** kill -9, and waits until all that it wrote is in the journal. */
    void kill() {
        mayEnd = true;
        // The handle's, because the process's own would close what is still to be read.
        process.toHandle().destroyForcibly();
        join();
    }

    void stop() {
        stopped = true;
        signal("STOP");
    }

    void resume() {
        signal("CONT");
        stopped = false;
    }

    void quit() {
        mayEnd = true;
        tell("quit");
        join();
    }

    List<String> journal() throws IOException {
        return Files.readAllLines(journal);
    }

    /** The length of the longest file that it has made, in kilobytes. */
    long longestFile() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.mapToLong(file -> file.toFile().length()).max().orElse(0) / 1024;
        }
    }

    @Override
    public void close() {
        mayEnd = true;
        if (process != null) {
            process.toHandle().destroyForcibly();
        }
        network.ifPresent(TcpProxy::close);
    }

    private void join() {
        try {
            process.waitFor();
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private void signal(String signal) {
        try {
            new ProcessBuilder("/bin/kill", "-" + signal, String.valueOf(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
