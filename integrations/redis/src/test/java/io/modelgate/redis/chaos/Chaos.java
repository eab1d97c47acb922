package io.modelgate.redis.chaos;

import io.modelgate.Ticker;
import io.modelgate.testkit.RedisServer;
import io.modelgate.testkit.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Breaks a fleet and has it make decisions, as a seed says, then heals it and waits until it has settled. */
final class Chaos {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private record Heal(long due, String what, Runnable work) {}

    private final Fleet fleet;
    private final Random random;
    private final Ticker ticker = Ticker.system();
    private final long began = ticker.read();
    private final List<String> schedule = new ArrayList<>();
    private final PriorityQueue<Heal> heals = new PriorityQueue<>((a, b) -> Long.compare(a.due(), b.due()));
    private final Set<Object> broken = new HashSet<>();
    private boolean redisBroken;
    private boolean setAside;

    Chaos(Fleet fleet, Random random) {
        this.fleet = fleet;
        this.random = random;
    }

    List<String> schedule() {
        return schedule;
    }

    void startAll() {
        for (FleetJvm process : fleet.processes) {
            process.start();
        }
        for (FleetJvm process : fleet.processes) {
            await(process.name + " serves", () -> process.serving() || process.gaveUp());
            if (process.gaveUp()) {
                throw new IllegalStateException(
                        process.name + " ended instead of serving; its output is in " + fleet.folder);
            }
        }
        note("all serve");
    }

    /** Decisions many times a second, a fault every few hundred milliseconds, and now and then a fork. */
    void run(Duration duration, int faultEveryMillis) {
        long start = ticker.read();
        long end = start + duration.toNanos();
        long forkEvery = Math.min(duration.toNanos() / 3, TimeUnit.SECONDS.toNanos(20));
        long nextFork = start + forkEvery;
        long nextFault = start;
        while (ticker.read() < end) {
            decide(pick(fleet.processes));
            if (ticker.read() >= nextFork) {
                fork();
                nextFork += forkEvery;
            } else if (ticker.read() >= nextFault) {
                fault();
                nextFault = ticker.read() + millis(random.nextInt(2 * faultEveryMillis));
            }
            heal(ticker.read());
            pause();
        }
    }

    /**
     * Redis loses what all but one process have seen, and that one goes on from there while the others are away. In the end there are two
     * logs, and either may be the longer one.
     */
    private void fork() {
        heal(Long.MAX_VALUE);
        FleetJvm alone = pick(fleet.processes);
        RedisServer master = fleet.master();
        List<RedisServer> replicas =
                fleet.servers.stream().filter(server -> server != master).toList();
        Path before = fleet.folder.resolve("before");
        note("fork: " + alone.name + " and whoever follows redis see no more of it");
        separate(alone);
        replicas.forEach(RedisServer::stop);
        if (replicas.isEmpty()) {
            Fleet.copyData(master, before);
        }
        decideFor(500 + random.nextInt(2_000), null);
        note("fork: redis loses that; all but " + alone.name + " are away");
        List<FleetJvm> others =
                fleet.processes.stream().filter(each -> each != alone).toList();
        others.forEach(Chaos::separate);
        master.kill();
        replicas.forEach(RedisServer::resume);
        if (replicas.isEmpty()) {
            Fleet.restoreData(master, before);
            master.restart();
        }
        join(alone);
        long gaveUp = ticker.read() + TimeUnit.SECONDS.toNanos(15);
        while (!replicas.isEmpty() && fleet.master() == master && ticker.read() < gaveUp) {
            decideFor(100, alone);
        }
        decideFor(500 + random.nextInt(2_000), alone);
        note("fork: the others are back");
        for (FleetJvm each : others) {
            join(each);
            decideFor(random.nextInt(100), null);
        }
        if (!master.alive()) {
            master.restart();
        }
    }

    private static void separate(FleetJvm process) {
        process.network.ifPresentOrElse(TcpProxy::cut, process::stop);
    }

    private static void join(FleetJvm process) {
        process.network.ifPresentOrElse(TcpProxy::heal, process::resume);
    }

    /** Half of the time one process decides, if it is given, else any. */
    private void decideFor(int millis, FleetJvm one) {
        long end = ticker.read() + millis(millis);
        while (ticker.read() < end) {
            decide(one != null && random.nextBoolean() ? one : pick(fleet.processes));
            pause();
        }
    }

    private void pause() {
        LockSupport.parkNanos(millis(10 + random.nextInt(90)));
    }

    /**
     * Ends all faults and waits until every process has stored and applied everything and all report the same.
     *
     * @return the lines of the stream, read while they reported that; none if it came to that in vain
     */
    List<String> settle() {
        heal(Long.MAX_VALUE);
        for (FleetJvm process : fleet.processes) {
            if (!process.alive()) {
                note("start " + process.name + ", which had ended");
                process.start();
            }
        }
        note("healed");
        String before = "";
        long gaveUp = ticker.read() + PATIENCE.toNanos();
        for (int round = 0; ticker.read() < gaveUp; round++) {
            Optional<List<String>> stream = fleet.stream();
            String reports = reports("round-" + round);
            if (stream.isPresent() && !reports.isEmpty() && reports.equals(before)) {
                reports(Checker.LAST);
                note("settled");
                return stream.get();
            }
            before = reports;
            LockSupport.parkNanos(millis(500));
        }
        reports(Checker.LAST);
        note("not settled");
        return List.of();
    }

    /** What all report, if they agree and have settled; else empty. */
    private String reports(String number) {
        fleet.processes.forEach(process -> process.tell("report " + number));
        Set<String> all = new HashSet<>();
        boolean settled = true;
        for (FleetJvm process : fleet.processes) {
            long gaveUp = ticker.read() + TimeUnit.SECONDS.toNanos(20);
            while (process.report(number).isEmpty() && process.alive() && ticker.read() < gaveUp) {
                LockSupport.parkNanos(millis(5));
            }
            settled &= process.report(number).filter(Life.Report::settled).isPresent();
            process.report(number).ifPresent(report -> all.add(report.seq() + report.hash() + report.state()));
        }
        return settled && all.size() == 1 ? all.iterator().next() : "";
    }

    private void decide(FleetJvm process) {
        if (!process.serving()) {
            return;
        }
        String gate = pick(FleetProcess.GATES);
        String version = pick(FleetProcess.VERSIONS);
        int kind = random.nextInt(100);
        String command;
        if (kind < 22) {
            command = "kill " + gate + " " + version;
        } else if (kind < 25) {
            command = "kill " + (random.nextBoolean() ? gate : "*") + " -";
        } else if (kind < 55) {
            command = "revive " + random.nextInt(1_000);
        } else if (kind < 92) {
            command = "weight " + gate + " " + version + " " + random.nextInt(101);
        } else {
            command = "promote " + gate + " " + version;
        }
        if (process.tell(command)) {
            note(process.name + " " + command);
        }
    }

    private void fault() {
        int kind = random.nextInt(100);
        if (kind < 25) {
            breakRedis();
        } else if (kind < 32) {
            breakBudgets();
        } else {
            FleetJvm process = pick(fleet.processes);
            if (process.serving() && broken.add(process)) {
                breakProcess(process, random.nextInt(100));
            }
        }
    }

    private void breakProcess(FleetJvm process, int kind) {
        if (kind < 25) {
            note("kill -9 " + process.name);
            process.kill();
            later(100, 3_000, "start " + process.name, process, process::start);
        } else if (kind < 40) {
            note("stop " + process.name);
            process.stop();
            later(300, 5_000, "resume " + process.name, process, process::resume);
        } else if (kind < 50 || process.network.isEmpty()) {
            fillTheDisk(process);
        } else {
            var network = process.network.orElseThrow();
            if (kind < 65) {
                note("cut " + process.name);
                network.cut();
            } else if (kind < 78) {
                int delay = 1 + random.nextInt(150);
                note("delay " + process.name + " by " + delay + " ms");
                network.delay(Duration.ofMillis(delay));
            } else if (kind < 90) {
                note("swallow replies to " + process.name);
                network.swallowReplies();
            } else {
                note("hang " + process.name);
                network.hang();
            }
            later(300, 5_000, "heal " + process.name, process, network::heal);
        }
    }

    private void fillTheDisk(FleetJvm process) {
        try {
            process.kill();
            long limit = process.longestFile() + 1 + random.nextInt(4);
            note("start " + process.name + " with a full disk: " + limit + " kB a file");
            process.startWithFileLimit(limit);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        later(4_000, 9_000, "start " + process.name + " with room on the disk", process, () -> {
            process.kill();
            process.start();
        });
    }

    private void breakBudgets() {
        RedisServer redis = fleet.budgets;
        if (!broken.add(redis)) {
            return;
        }
        if (random.nextBoolean()) {
            note("stop the redis of budgets");
            redis.stop();
            later(300, 3_000, "resume the redis of budgets", redis, redis::resume);
        } else {
            note("kill -9 the redis of budgets");
            redis.kill();
            later(100, 2_000, "restart the redis of budgets", redis, redis::restart);
        }
    }

    private void breakRedis() {
        if (redisBroken) {
            return;
        }
        RedisServer redis = fleet.master();
        Path aside = fleet.folder.resolve("aside");
        int kind = random.nextInt(100);
        if (kind < 25) {
            note("stop redis on " + redis.port());
            redis.stop();
            later(300, 5_000, "resume redis", null, redis::resume);
        } else if (kind < 55 || !fleet.sentinels.isEmpty()) {
            note("kill -9 redis on " + redis.port());
            redis.kill();
            later(100, 5_000, "restart redis", null, redis::restart);
        } else if (!setAside) {
            note("set the data of redis aside");
            Fleet.copyData(redis, aside);
            setAside = true;
            return;
        } else {
            boolean empty = random.nextInt(4) == 0;
            note("kill -9 redis; " + (empty ? "all its data is lost" : "its data is put back to what was set aside"));
            redis.kill();
            Fleet.restoreData(redis, empty ? fleet.folder.resolve("nothing") : aside);
            setAside = false;
            later(100, 2_000, "restart redis with old data", null, redis::restart);
        }
        redisBroken = true;
    }

    private void later(int fromMillis, int toMillis, String what, Object subject, Runnable work) {
        long due = ticker.read() + millis(fromMillis + random.nextInt(toMillis - fromMillis));
        heals.add(new Heal(due, what, () -> {
            work.run();
            if (subject == null) {
                redisBroken = false;
            } else {
                broken.remove(subject);
            }
        }));
    }

    private void heal(long now) {
        while (!heals.isEmpty() && heals.peek().due() <= now) {
            Heal heal = heals.poll();
            note(heal.what());
            heal.work().run();
        }
    }

    private void await(String what, BooleanSupplier condition) {
        long gaveUp = ticker.read() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (ticker.read() > gaveUp) {
                throw new IllegalStateException("in vain: " + what);
            }
            LockSupport.parkNanos(millis(5));
        }
    }

    private void note(String what) {
        schedule.add(String.format(Locale.ROOT, "%8.3f s  %s", (ticker.read() - began) / 1e9, what));
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static long millis(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }
}
