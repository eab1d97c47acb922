package io.modelgate.console;

import io.modelgate.Actor;
import io.modelgate.Gates;
import io.modelgate.GatesBuilder;
import io.modelgate.control.ControlLog;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.ControlLogProvider;
import io.modelgate.control.FileControlLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How the command comes to its log, and who it says is acting. */
final class LogAccess {

    private static final Duration SILENCE = Duration.ofSeconds(5);

    /** How long a store may take to answer at all: who is told at once that nothing was turned off can do something else. */
    private static final Duration REACH = Duration.ofMillis(1_500);

    /** Two letters at least: the first of C:\\ is a drive. */
    private static final Pattern STORE = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:");

    private final Map<String, String> env;
    private final Screen screen;
    private final Duration patience;
    private final InstantSource time = InstantSource.system();

    /** The time now. */
    Instant now() {
        return time.instant();
    }

    /** What the environment says under a name; empty if it says nothing. */
    String env(String name) {
        return env.getOrDefault(name, "");
    }

    LogAccess(Map<String, String> env, Screen screen, Duration patience) {
        this.env = env;
        this.screen = screen;
        this.patience = patience;
    }

    /** How long a decision may take to be stored before the person is told that it is not. */
    Duration patience(LogPlace place) {
        return place instanceof LogPlace.InStore in ? in.settings().patience() : patience;
    }

    /** How long a console may be silent: it sends a sign of life every 5 s. */
    Duration silence() {
        return patience.plus(patience.dividedBy(2));
    }

    /**
     * The console that the options or the environment mean; null if they mean a log.
     *
     * @throws UsageException if they mean both
     */
    @Nullable
    ApiClient api(PlaceOptions place, ApiOptions through) throws UsageException {
        boolean log = place.given() != null || place.name != null;
        if (through.api != null) {
            if (log) {
                throw new UsageException("both --api and a control log are given: a console has a log of its own");
            }
            return ApiClient.of(through.api, through, this, screen);
        }
        if (!log && !env("MODELGATE_API").isEmpty()) {
            if (!env("MODELGATE_LOG").isEmpty()) {
                throw new UsageException("both MODELGATE_API and MODELGATE_LOG are set: say --api, --log or --redis");
            }
            return ApiClient.of(env("MODELGATE_API"), through, this, screen);
        }
        if (through.tokenFile != null || through.insecure) {
            throw new UsageException((through.insecure ? "--insecure" : "--token-file")
                    + " is for a console, and none is named: give its URL, with --api or in MODELGATE_API");
        }
        return null;
    }

    /**
     * The log that the options or the environment mean. A file exists; whether a log in a store does is found when it is opened.
     *
     * @throws UsageException if there is no such file: it may be a misspelt path, and a kill in a log that nobody reads turns nothing off
     */
    LogPlace place(PlaceOptions options) throws UsageException {
        return place(options.given(), options.name);
    }

    /** As {@link #place(PlaceOptions)}, from the value of {@code --log} and that of {@code --name}. */
    LogPlace place(@Nullable String given, @Nullable String name) throws UsageException {
        String fromEnv = env.getOrDefault("MODELGATE_LOG", "");
        String log = given != null ? given : fromEnv.isEmpty() ? "modelgate.log" : fromEnv;
        if (STORE.matcher(log).lookingAt()) {
            return store(log, name == null ? env.getOrDefault("MODELGATE_LOG_NAME", "") : name, given == null);
        }
        if (name != null) {
            throw new UsageException("--name is for a log in a store, and this one is a file");
        }
        return new LogPlace.InFile(file(log));
    }

    /** Whether a log is named by a URI. */
    static boolean isUri(String log) {
        return STORE.matcher(log).lookingAt();
    }

    private LogPlace store(String uri, String name, boolean fromEnvironment) throws UsageException {
        for (ControlLogProvider provider : ServiceLoader.load(ControlLogProvider.class)) {
            if (provider.accepts(uri)) {
                ControlLogProvider.Settings settings =
                        new ControlLogProvider.Settings(name, env, patience.compareTo(REACH) < 0 ? patience : REACH);
                return new LogPlace.InStore(provider, uri, provider.describe(uri), settings, fromEnvironment);
            }
        }
        // The scheme alone: behind it there may be a password.
        String scheme = uri.substring(0, uri.indexOf(':'));
        throw new UsageException("nothing here opens a control log of the kind " + scheme + "://: put the jar"
                + " modelgate-redis-VERSION.jar and what it needs (lettuce-core, netty, reactor-core) on the class path,"
                + " java -cp 'modelgate-console-VERSION.jar:LIB/*' io.modelgate.console.Command …; in"
                + " modelgate-console-VERSION-cli.jar they are already");
    }

    private static Path file(String log) throws UsageException {
        Path path = Path.of(log).toAbsolutePath().normalize();
        if (!Files.exists(path)) {
            throw new UsageException(
                    "there is no control log " + path + ", or this user cannot see it; give the one that"
                            + " the running processes use, with --log FILE or in MODELGATE_LOG");
        }
        return path;
    }

    /** Opens a log to decide something. */
    Gates open(LogPlace place) throws UsageException {
        return open(place, gates -> {});
    }

    /** As {@link #open}, with gates that stand in for those that are served. */
    Gates openStandIns(LogPlace place) throws UsageException {
        return open(place, GatesBuilder::standIn);
    }

    private Gates open(LogPlace place, Consumer<GatesBuilder> configure) throws UsageException {
        String delay = place instanceof LogPlace.InFile in
                ? "it is long, or another process holds its lock, " + in.path() + ".lock"
                : "it is long, or the network is slow";
        Supplier<ControlLog> log = opener(place);
        if (place instanceof LogPlace.InFile) {
            return gates(place, log, configure, delay);
        }
        try {
            return gates(place, log, configure, delay);
        } catch (ControlLogException e) {
            throw new ControlLogException(
                    e.getMessage() + ". NOTHING was turned off or on: no running process has heard of"
                            + " this. Try again from a host that reaches it, or kill inside the running processes, where a kill"
                            + " needs no log; when in doubt, stop them");
        }
    }

    /** What opens a log to decide something. */
    Supplier<ControlLog> opener(LogPlace place) throws UsageException {
        if (place instanceof LogPlace.InFile in) {
            requireContent(in.path());
            return () -> FileControlLog.open(in.path());
        }
        LogPlace.InStore in = (LogPlace.InStore) place;
        return () -> in.provider().open(in.uri(), in.settings());
    }

    /** Opens a log to look at it only. */
    Gates view(LogPlace place) throws UsageException {
        return view(place, gates -> {});
    }

    /** As {@link #view}, with gates that stand in for those that are served. */
    Gates viewStandIns(LogPlace place) throws UsageException {
        return view(place, GatesBuilder::standIn);
    }

    private Gates view(LogPlace place, Consumer<GatesBuilder> configure) throws UsageException {
        if (place instanceof LogPlace.InFile in) {
            requireContent(in.path());
        }
        return gates(place, () -> log(place), configure, "it is long");
    }

    /** The log to look at, without what is folded from it. */
    static ControlLog log(LogPlace place) {
        if (place instanceof LogPlace.InFile in) {
            return FileControlLog.view(in.path());
        }
        LogPlace.InStore in = (LogPlace.InStore) place;
        return in.provider().view(in.uri(), in.settings());
    }

    private Gates gates(LogPlace place, Supplier<ControlLog> open, Consumer<GatesBuilder> configure, String delay) {
        CountDownLatch opened = new CountDownLatch(1);
        Thread watch = new Thread(() -> explain(place, opened, delay), "modelgate-patience");
        watch.setDaemon(true);
        watch.start();
        try {
            return Gates.open(gates -> configure.accept(gates.controlLog(open)));
        } finally {
            opened.countDown();
        }
    }

    private void explain(LogPlace place, CountDownLatch opened, String delay) {
        try {
            if (!opened.await(SILENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                screen.hint("still opening " + place + ": " + delay);
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

    /** The words that start this command, as they were typed, then the given ones and those that name the log: to be pasted into a shell. */
    String again(LogPlace place, String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(place.options());
        return again(all.toArray(String[]::new));
    }

    /** As {@link #again(LogPlace, String...)}, where the log needs no naming. */
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
