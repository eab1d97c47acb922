package io.modelgate.examples.fleet;

import io.modelgate.Ticker;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A {@link ServingProcess} as its parent sees it: a real process with a directory of its own. Thread-safe. */
final class Member implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration ENDS = Duration.ofSeconds(5);

    private final String name;
    private final Path errors;
    private final Process process;
    private final PrintStream in;
    private final Ticker ticker = Ticker.system();
    private final Object lock = new Object();

    /** What it has said, in words; guarded by the lock. */
    private final List<String[]> said = new ArrayList<>();

    private boolean silent;

    private Member(String name, Path errors, Process process) {
        this.name = name;
        this.errors = errors;
        this.process = process;
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        Thread thread = new Thread(this::listen, name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Starts a process that serves, and does not wait for it. */
    static Member start(String name, String uri, String log, Path directory) {
        try {
            Files.createDirectories(directory);
            Path errors = directory.resolve("errors.txt");
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-Xmx64m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                            "-cp",
                            System.getProperty("java.class.path"),
                            ServingProcess.class.getName(),
                            log,
                            directory.toString(),
                            name)
                    .redirectError(errors.toFile())
                    .start();
            Member member = new Member(name, errors, process);
            member.in.println(uri);
            return member;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    private void listen() {
        try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                synchronized (lock) {
                    said.add(line.split(" "));
                    lock.notifyAll();
                }
            }
        } catch (IOException e) {
            // It has ended.
        }
        synchronized (lock) {
            silent = true;
            lock.notifyAll();
        }
    }

    /** Waits until it serves. */
    void awaitServing() {
        await(0, words -> words[0].equals("serving"), PATIENCE);
    }

    /** What its callers and its model saw so far. */
    Counts counts() {
        String[] words = ask("counts");
        return Counts.parse(String.join(" ", List.of(words).subList(1, words.length)));
    }

    /** What its ticker reads now. */
    long clock() {
        return Long.parseLong(ask("clock")[1]);
    }

    /** Has it end this process too if this one ends without a word; a later one takes its place. */
    void guard(long pid) {
        in.println("guard " + pid);
    }

    /**
     * A kill that a process made itself.
     *
     * @param id the kill
     * @param began when, by the ticker
     * @param inForce when it had returned
     * @param stored whether it was stored by then
     */
    record Killed(String id, long began, long inForce, boolean stored) {}

    /** Has it kill its gate. */
    Killed kill(String reason) {
        int from = said();
        in.println("kill " + reason);
        String[] words = await(from, w -> w[0].equals("killed"), PATIENCE);
        return new Killed(words[1], Long.parseLong(words[2]), Long.parseLong(words[3]), Boolean.parseBoolean(words[4]));
    }

    /** Waits until it has confirmed a kill, and returns when it did, by the ticker. */
    long awaitConfirmed(String kill, Duration patience) {
        return Long.parseLong(await(0, words -> words[0].equals("confirmed") && words[1].equals(kill), patience)[3]);
    }

    private String[] ask(String question) {
        int from = said();
        in.println(question);
        return await(from, words -> words[0].equals(question), PATIENCE);
    }

    private int said() {
        synchronized (lock) {
            return said.size();
        }
    }

    private String[] await(int from, Predicate<String[]> wanted, Duration patience) {
        long began = ticker.read();
        int next = from;
        synchronized (lock) {
            while (true) {
                for (; next < said.size(); next++) {
                    if (wanted.test(said.get(next))) {
                        return said.get(next);
                    }
                }
                long left = patience.toNanos() - (ticker.read() - began);
                if (silent || left <= 0) {
                    throw new IllegalStateException(name
                            + (silent
                                    ? " has ended: " + errors()
                                    : " says nothing for " + patience.toSeconds() + " s"));
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, Math.max(left, 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while " + name + " was waited for", e);
                }
            }
        }
    }

    private String errors() {
        try {
            return Files.readString(errors).strip();
        } catch (IOException e) {
            return "it left no word";
        }
    }

    /** Asks it to end; {@link #close()} waits. */
    void end() {
        in.println("end");
    }

    @Override
    public void close() {
        end();
        try {
            if (!process.waitFor(ENDS.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        in.close();
    }
}
