package io.modelgate;

import io.modelgate.control.ControlLog;
import io.modelgate.control.FileControlLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How the command comes to its log, and who it says is acting. */
final class LogAccess {

    private static final Duration SILENCE = Duration.ofSeconds(5);

    private final Map<String, String> env;
    private final Screen screen;
    private final Duration patience;

    LogAccess(Map<String, String> env, Screen screen, Duration patience) {
        this.env = env;
        this.screen = screen;
        this.patience = patience;
    }

    /** How long a decision may take to be stored before the person is told that it is not. */
    Duration patience() {
        return patience;
    }

    /**
     * The log that is meant, which exists.
     *
     * @throws UsageException if there is no such file: it may be a misspelt path, and a kill in a log that nobody reads turns nothing off
     */
    Path path(@Nullable String given) throws UsageException {
        String fromEnv = env.getOrDefault("MODELGATE_LOG", "");
        Path path = Path.of(given != null ? given : fromEnv.isEmpty() ? "modelgate.log" : fromEnv)
                .toAbsolutePath()
                .normalize();
        if (!Files.exists(path)) {
            throw new UsageException(
                    "there is no control log " + path + ", or this user cannot see it; give the one that"
                            + " the running processes use, with --log FILE or in MODELGATE_LOG");
        }
        return path;
    }

    /** Opens a log to decide something. */
    Gates open(Path path) throws UsageException {
        return gates(path, FileControlLog::open, "it is long, or another process holds its lock, " + path + ".lock");
    }

    /** Opens a log to look at it only. */
    Gates view(Path path) throws UsageException {
        return gates(path, FileControlLog::view, "it is long");
    }

    private Gates gates(Path path, Function<Path, ControlLog> open, String delay) throws UsageException {
        requireContent(path);
        CountDownLatch opened = new CountDownLatch(1);
        Thread watch = Events.daemon(() -> explain(path, opened, delay), "modelgate-patience");
        watch.start();
        try {
            return Gates.open(gates -> gates.controlLog(() -> open.apply(path)));
        } finally {
            opened.countDown();
        }
    }

    private void explain(Path path, CountDownLatch opened, String delay) {
        try {
            if (!opened.await(SILENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                screen.hint("still opening " + path + ": " + delay);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A log without a byte is one that no gate was ever declared in: most likely another file than the one that is meant. */
    private static void requireContent(Path path) throws UsageException {
        try {
            if (Files.isRegularFile(path) && Files.size(path) == 0) {
                throw new UsageException(
                        "control log " + path + " is empty: no gate was ever declared in it; give the log that"
                                + " the running processes use, with --log FILE or in MODELGATE_LOG");
            }
        } catch (IOException e) {
            throw new UsageException("control log " + path + " cannot be read: " + e);
        }
    }

    /** The actor that {@code --actor} names, or else the user whom the operating system logged in. */
    Actor actor(@Nullable String given) {
        return given == null ? new Actor(System.getProperty("user.name", "unknown"), "os-user") : Actor.of(given);
    }

    /** The words that start this command, as they were typed, then the given ones: to be pasted into a shell. */
    String again(String... words) {
        List<String> all = new ArrayList<>();
        String jar = System.getProperty("java.class.path", "");
        String typed = env.getOrDefault("MODELGATE_COMMAND", "");
        if (!typed.isEmpty()) {
            all.add(typed);
        } else if (jar.endsWith("-cli.jar")) {
            all.addAll(List.of("java", "-jar", jar));
        } else {
            all.add("modelgate");
        }
        all.addAll(List.of(words));
        return String.join(" ", all.stream().map(Wording::shell).toList());
    }
}
