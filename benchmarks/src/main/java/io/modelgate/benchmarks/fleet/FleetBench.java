package io.modelgate.benchmarks.fleet;

import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/** Measures how fast a kill reaches the processes of a fleet on one Redis, beside what that Redis and this machine take anyway. */
public final class FleetBench {

    private static final int PROCESSES = 20;
    private static final int KILLS = 200;
    private static final int CONFIRMED = 20;
    private static final int OUTAGES = 20;
    private static final int MANY_PROCESSES = 4;
    private static final int MANY_EACH = 250;
    private static final int MANY_KILLS = 20;
    private static final int TRIPS_PER_KILL = 5;
    private static final double ROUND_TRIPS = 20;
    private static final long SEED = 5;
    private static final Duration IDLE = Duration.ofSeconds(10);
    private static final double NANOS_PER_SECOND = 1e9;

    private final Figures figures;
    private final Path directory;
    private final boolean quick;

    private FleetBench(PrintStream out, Path directory, boolean quick) {
        figures = new Figures(out);
        this.directory = directory;
        this.quick = quick;
    }

    /**
     * Measures and prints all of it: some three minutes, or half a minute with few repetitions, which show that everything runs.
     *
     * @throws IllegalStateException if no redis-server runs on this machine, or a process of the fleet does not do what it has to
     */
    public static Figures measure(PrintStream out, boolean quick) throws IOException {
        Path directory = Files.createTempDirectory("fleet");
        try {
            FleetBench bench = new FleetBench(out, directory, quick);
            bench.few();
            bench.many();
            return bench.figures;
        } finally {
            delete(directory);
        }
    }

    private int times(int full) {
        return quick ? Math.max(2, full / 20) : full;
    }

    private void few() throws IOException {
        try (RedisServer server = RedisServer.create().start();
                Fleet fleet = Fleet.start(server.uri(), "few", directory.resolve("few"), PROCESSES, 1, 48)) {
            figures.line("");
            figures.line(
                    "%d processes on one Redis %s, each a JVM with a connection, a copy and %s",
                    PROCESSES, version(server), "a caller who asks every 10 ms; one clock for all: checked");
            double limit = kills(fleet, server);
            figures.line("");
            outages(fleet, server);
            figures.line("");
            figures.zero(
                    "callsAfterInForce",
                    "calls that reached the model after their process had the kill in force",
                    fleet.late());
            figures.number("calls", "calls in all", (double) fleet.calls(), "");
            figures.line("");
            judge(limit);
        }
    }

    private static String version(RedisServer server) {
        return String.valueOf(server.command("INFO", "server"))
                .lines()
                .filter(line -> line.startsWith("redis_version:"))
                .map(line -> line.substring("redis_version:".length()).strip())
                .findFirst()
                .orElse("of an unknown version");
    }

    private double reachedMicros = Double.NaN;
    private double outageMicros = Double.NaN;

    private void judge(double limitMicros) {
        figures.bar("kill to last process, p99: 20 round trips + waking all, p99", reachedMicros, limitMicros, "µs");
        figures.bar("kill while Redis is down: everywhere within 1 s of its return", outageMicros, 1e6, "µs");
    }

    /** Kills and revives, each beside round trips and a broadcast under the same load; returns the limit in microseconds. */
    private double kills(Fleet fleet, RedisServer server) throws IOException {
        Series bare = new Series();
        Series ping = new Series();
        Series script = new Series();
        Series wake = new Series();
        Series returned = new Series();
        Series stored = new Series();
        Series first = new Series();
        Series stopped = new Series();
        Series cold = new Series();
        Series message = new Series();
        Series messageBare = new Series();
        Series confirmed = new Series();
        Random random = new Random(SEED);
        double cpu;
        try (RawRedis redis = new RawRedis(server.uri(), server.port())) {
            fleet.children().forEach(Child::listen);
            double before = 0;
            for (int i = -times(KILLS) / 4; i < times(KILLS); i++) {
                before = i == 0 ? fleet.cpu() : before;
                boolean counts = i >= 0; // before that the code of all of them is not compiled yet
                pause(random);
                Fleet.Made kill = fleet.kill();
                Fleet.InForce inForce = fleet.awaitInForce(kill.seq());
                fleet.requireKilled();
                fleet.revive();
                pause(random);
                long woken = fleet.broadcast().send();
                for (int trip = 0; trip < TRIPS_PER_KILL; trip++) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                    long[] trips = {redis.bare(), redis.ping(), redis.script()};
                    if (counts) {
                        bare.add(trips[0]);
                        ping.add(trips[1]);
                        script.add(trips[2]);
                    }
                }
                pause(random);
                long brought = fleet.message(redis::send);
                pause(random);
                long broughtBare = fleet.message(redis::sendBare);
                if (counts) {
                    wake.add(woken);
                    message.add(brought);
                    messageBare.add(broughtBare);
                    returned.add(kill.returned());
                    stored.add(kill.stored());
                    first.add(inForce.first() - kill.began());
                    stopped.add(inForce.last() - kill.began());
                } else {
                    cold.add(inForce.last() - kill.began());
                }
            }
            cpu = (fleet.cpu() - before) / times(KILLS) / PROCESSES;
            for (int i = 0; i < times(CONFIRMED); i++) {
                pause(random);
                confirmed.add(fleet.killConfirmed(PROCESSES));
                fleet.revive();
            }
        }
        figures.line("");
        figures.times("roundTripBare", "(a) round trip: PING on a bare socket", bare);
        figures.times("roundTripPing", "    round trip: PING through the client", ping);
        figures.times("roundTripScript", "    round trip: a script that does nothing", script);
        figures.times("fsync", "    fsync of a line on this disk", fsyncs());
        figures.times("wake", "(b) waking all processes: a byte to each", wake);
        figures.times("message", "    a message through Redis and the client to each", message);
        figures.times("messageBare", "    a message through Redis to each on a bare socket", messageBare);
        figures.times("killReturned", "(c) kill: in force in the process that makes it", returned);
        figures.times("killStored", "    kill: acknowledged, in Redis and on disk", stored);
        figures.times("killToFirst", "    kill to first process stopped", first);
        figures.times("killToLast", "    kill to last process stopped", stopped);
        figures.times("killToLastCold", "    the same, the kills before those, in new JVMs", cold);
        figures.times("killToReceipt", "    kill to the receipt's word that all have it", confirmed);
        figures.number("killCpuMicros", "    CPU of a process for a kill, its revive and its calls", cpu * 1e6, "µs");
        figures.number(
                "killToLastByMessage",
                "    kill to last process, by a message to the last, p50",
                stopped.median() / message.median(),
                "×");
        figures.number(
                "killToLastByTrips",
                "    kill to last process, p99, by (20 round trips + waking all), each its p99",
                stopped.p99() / (ROUND_TRIPS * script.p99() + wake.p99()),
                "×");
        reachedMicros = stopped.p99() / 1e3;
        return (ROUND_TRIPS * script.median() + wake.p99()) / 1e3;
    }

    /** Kills fall anywhere between the beats of the processes. */
    private static void pause(Random random) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5 + random.nextInt(20)));
    }

    /** What a kill costs before it leaves its process, and again before it is acknowledged. */
    private Series fsyncs() throws IOException {
        Series series = new Series();
        try (FileChannel file =
                FileChannel.open(directory.resolve("fsync"), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (int i = 0; i < times(KILLS); i++) {
                long began = System.nanoTime();
                file.write(ByteBuffer.allocate(300));
                file.force(false);
                series.add(System.nanoTime() - began);
            }
        }
        return series;
    }

    private void outages(Fleet fleet, RedisServer server) {
        Series locally = new Series();
        Series everywhere = new Series();
        Random random = new Random(SEED);
        for (int i = 0; i < times(OUTAGES); i++) {
            server.kill();
            Child.Killed kill = fleet.children().get(0).kill();
            pause(random);
            server.start();
            long returned = System.nanoTime();
            long last = fleet.awaitInForce(fleet.seqOf(kill.id())).last();
            fleet.requireKilled();
            locally.add(kill.nanos());
            everywhere.add(Math.max(0, last - returned));
            fleet.revive();
        }
        figures.times("downInForce", "(e) Redis down: kill in force where it is made", locally);
        figures.times("downToLast", "    from Redis's return to the last process", everywhere);
        outageMicros = everywhere.max() / 1e3;
    }

    private void many() throws IOException {
        int each = quick ? MANY_EACH / 5 : MANY_EACH;
        int followers = MANY_PROCESSES * each;
        try (RedisServer server =
                        RedisServer.create().config("maxclients 10000").start();
                RawRedis redis = new RawRedis(server.uri(), server.port())) {
            double memory = redis.info("used_memory");
            double connections = redis.info("connected_clients");
            try (Fleet fleet =
                    Fleet.start(server.uri(), "many", directory.resolve("many"), MANY_PROCESSES, each, 256)) {
                figures.line("");
                figures.line("%,d followers in %d processes", followers, MANY_PROCESSES);
                figures.line("");
                LockSupport.parkNanos(Duration.ofSeconds(2).toNanos()); // until their start is over
                Cost before = Cost.of(redis, fleet);
                LockSupport.parkNanos((quick ? Duration.ofSeconds(2) : IDLE).toNanos());
                Cost idle = Cost.of(redis, fleet).since(before);
                double perSecond = NANOS_PER_SECOND / idle.nanos() / followers;
                figures.number(
                        "followerConnections",
                        "(d) connections of a follower",
                        (redis.info("connected_clients") - connections) / followers,
                        "");
                figures.number(
                        "followerRedisKilobytes",
                        "    memory of Redis for a follower",
                        (redis.info("used_memory") - memory) / followers / 1024,
                        "KB");
                figures.number(
                        "followerRedisCpuMicros",
                        "    CPU of Redis for an idle follower, each second",
                        idle.redisCpu() * 1e6 * perSecond,
                        "µs");
                figures.number(
                        "followerCommands",
                        "    commands for an idle follower, scripts' own too",
                        idle.commands() * perSecond,
                        "");
                figures.number(
                        "followerBytes",
                        "    bytes to and from an idle follower, each second",
                        idle.bytes() * perSecond,
                        "B");
                figures.number(
                        "followerCpuMicros",
                        "    CPU of an idle follower itself, each second",
                        idle.cpu() * 1e6 * perSecond,
                        "µs");
                figures.number(
                        "followerKilobytes",
                        "    resident memory of its process, its share",
                        (double) idle.resident() / followers,
                        "KB");
                figures.number(
                        "followerThreads",
                        "    threads of its process, its share",
                        (double) idle.threads() / followers,
                        "");
                manyKills(fleet, redis, followers, idle);
                figures.zero(
                        "callsAfterInForceOfMany",
                        "calls that reached the model after the kill was in force",
                        fleet.late());
            }
        }
    }

    private void manyKills(Fleet fleet, RawRedis redis, int followers, Cost idle) {
        Series stopped = new Series();
        Series script = new Series();
        Random random = new Random(SEED);
        Cost before = Cost.of(redis, fleet);
        int kills = times(MANY_KILLS);
        for (int i = 0; i < kills; i++) {
            pause(random);
            script.add(redis.script());
            Fleet.Made kill = fleet.kill();
            stopped.add(fleet.awaitInForce(kill.seq()).last() - kill.began());
            fleet.requireKilled();
            fleet.revive();
        }
        Cost during = Cost.of(redis, fleet).since(before);
        double entries = 2.0 * kills * followers;
        double seconds = during.nanos() / NANOS_PER_SECOND;
        double share = seconds / (idle.nanos() / NANOS_PER_SECOND);
        figures.number(
                "entryBytes",
                "    bytes for an entry, to and from a follower",
                (during.bytes() - idle.bytes() * share) / entries,
                "B");
        figures.number(
                "entryRedisCpuMicros",
                "    CPU of Redis for an entry, for each follower",
                (during.redisCpu() - idle.redisCpu() * share) * 1e6 / entries,
                "µs");
        figures.number(
                "entryCpuMicros",
                "    CPU of a follower itself for an entry",
                (during.cpu() - idle.cpu() * share) * 1e6 / entries,
                "µs");
        figures.times("manyRoundTripScript", "    round trip: a script that does nothing", script);
        figures.times("manyKillToLast", "    kill to last follower stopped", stopped);
    }

    /** What Redis and the processes have used; CPU in seconds, memory in kilobytes. */
    private record Cost(
            long nanos, double redisCpu, double commands, double bytes, double cpu, long resident, long threads) {

        static Cost of(RawRedis redis, Fleet fleet) {
            return new Cost(
                    System.nanoTime(),
                    redis.info("used_cpu_sys") + redis.info("used_cpu_user"),
                    redis.info("total_commands_processed"),
                    redis.info("total_net_input_bytes") + redis.info("total_net_output_bytes"),
                    fleet.cpu(),
                    fleet.children().stream()
                            .mapToLong(child -> child.status("VmRSS"))
                            .sum(),
                    fleet.children().stream()
                            .mapToLong(child -> child.status("Threads"))
                            .sum());
        }

        /** What was used since; memory and threads as they are. */
        Cost since(Cost before) {
            return new Cost(
                    nanos - before.nanos,
                    redisCpu - before.redisCpu,
                    commands - before.commands,
                    bytes - before.bytes,
                    cpu - before.cpu,
                    resident,
                    threads);
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
