package io.modelgate.benchmarks.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link FollowerProcess} as its parent sees it. For use by one thread; it ends with the parent. */
final class Child implements AutoCloseable {

    /** Small heaps and little compiling: what is measured is how they wake, and there are many. */
    private static final List<String> JVM = List.of("-Xss256k", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private final Process process;
    private final PrintStream in;
    private final BufferedReader out;
    private final int followers;

    /** Of each follower, the stamps that it gave and that still matter. */
    private final List<List<Stamps.Stamp>> stamps = new ArrayList<>();

    /** When messages arrived that were not taken yet. */
    private final Deque<Long> messages = new ArrayDeque<>();

    private long late;
    private long calls;
    private long live;

    private Child(Process process, int followers) {
        this.process = process;
        this.followers = followers;
        in = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        out = process.inputReader(StandardCharsets.UTF_8);
        for (int i = 0; i < followers; i++) {
            stamps.add(new ArrayList<>());
        }
    }

    /** Starts a process and does not wait for it. */
    static Child start(String uri, String log, Path directory, String name, int followers, int megabytes, int port) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(List.of(
                "-Xmx" + megabytes + "m",
                "-cp",
                System.getProperty("java.class.path"),
                FollowerProcess.class.getName(),
                log,
                directory.toString(),
                name,
                String.valueOf(followers),
                String.valueOf(port)));
        try {
            Child child = new Child(
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.INHERIT)
                            .start(),
                    followers);
            child.in.println(uri);
            return child;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + name, e);
        }
    }

    /** Waits until its followers serve, and requires that its clock is this process's. */
    void awaitServing() {
        expect("serving");
        long before = System.nanoTime();
        in.println("clock");
        long there = Long.parseLong(expect("clock")[1]);
        if (there - before < 0 || System.nanoTime() - there < 0) {
            throw new IllegalStateException("nanoTime of another process does not lie between two of this one:"
                    + " expected one clock for all, as CLOCK_MONOTONIC on Linux");
        }
    }

    /** Has it listen to messages. */
    void listen() {
        in.println("messages");
    }

    /** When the next message arrived, or null. */
    @Nullable
    Long message() {
        return messages.peek();
    }

    /** Asks what happened since it was asked last. */
    void report() {
        in.println("report");
    }

    /** Takes what it says to {@link #report()}. */
    void take() {
        String[] words = expect("report");
        late = Long.parseLong(words[1]);
        calls = Long.parseLong(words[2]);
        live = Long.parseLong(words[3]);
    }

    /** A kill that it made. */
    record Killed(String id, long nanos) {}

    /** Has its first follower kill its gate. */
    Killed kill() {
        in.println("kill");
        String[] words = expect("killed");
        return new Killed(words[1], Long.parseLong(words[2]));
    }

    /** When an entry was in force in all its followers; {@link Long#MIN_VALUE} if it is not in some yet. */
    long inForce(long seq) {
        long last = Long.MIN_VALUE;
        for (List<Stamps.Stamp> each : stamps) {
            long first = each.stream()
                    .filter(stamp -> stamp.seq() >= seq)
                    .mapToLong(Stamps.Stamp::nanos)
                    .min()
                    .orElse(Long.MIN_VALUE);
            if (first == Long.MIN_VALUE) {
                return first;
            }
            last = last == Long.MIN_VALUE || first - last > 0 ? first : last;
        }
        return last;
    }

    /** Forgets the stamps so far. */
    void forget() {
        stamps.forEach(List::clear);
        messages.clear();
    }

    long late() {
        return late;
    }

    long calls() {
        return calls;
    }

    boolean allLive() {
        return live == followers;
    }

    boolean noneLive() {
        return live == 0;
    }

    int followers() {
        return followers;
    }

    Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** A line of what Linux says of it, for instance {@code VmRSS}, in kilobytes or a count; 0 where that cannot be read. */
    long status(String name) {
        try {
            return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                    .findFirst()
                    .orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private String[] expect(String word) {
        try {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals("stamp")) {
                    stamps.get(Integer.parseInt(words[1]))
                            .add(new Stamps.Stamp(Long.parseLong(words[2]), Long.parseLong(words[3])));
                } else if (words[0].equals("message")) {
                    messages.add(Long.parseLong(words[1]));
                } else if (words[0].equals(word)) {
                    return words;
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a process of the fleet cannot be read", e);
        }
        throw new IllegalStateException("a process of the fleet has ended");
    }

    @Override
    public void close() {
        in.println("end");
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        in.close();
    }
}
