package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.testkit.RedisServer;
import io.modelgate.testkit.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Logs on one Redis, each with a network of its own that the test can cut. */
final class LogFleet implements AutoCloseable {

    final RedisServer redis;
    private final Path directory;
    private final List<Member> members = new ArrayList<>();

    /** One process, so to say. */
    static final class Member {
        final Path directory;
        final TcpProxy proxy;
        final RedisServer redis;
        final AtomicInteger replaced = new AtomicInteger();
        final List<Entry> seen = new ArrayList<>();
        RedisControlLog log;

        Member(RedisServer redis, Path directory) {
            this.redis = redis;
            this.directory = directory;
            proxy = TcpProxy.to(redis.port());
            log = open();
        }

        RedisControlLog open() {
            log = RedisControlLog.open(r -> r.uri(redis.uri(proxy.port()))
                    .directory(directory)
                    .commandTimeout(Duration.ofSeconds(2))
                    .heartbeat(Duration.ofMillis(100)));
            log.onReplaced(replaced::incrementAndGet);
            log.follow(0, batch -> {
                synchronized (seen) {
                    seen.addAll(batch);
                }
            });
            return log;
        }

        /** As one who serves from the log does when it is told that entries were replaced, and at its start. */
        void settle() {
            append(log.owed());
        }

        /** Tries until it is stored, as one who serves does with kills. */
        List<Entry> append(List<Decision> decisions) {
            List<List<Entry>> stored = new ArrayList<>();
            until(() -> {
                try {
                    return stored.add(log.append(decisions));
                } catch (io.modelgate.control.ControlLogException e) {
                    return false;
                }
            });
            return stored.get(0);
        }

        List<String> ids() {
            return log.read(0, Integer.MAX_VALUE).stream()
                    .map(entry -> entry.decision().id())
                    .toList();
        }
    }

    LogFleet(RedisServer redis, Path directory) {
        this.redis = redis;
        this.directory = directory;
    }

    Member join(String name) throws IOException {
        Member member = new Member(redis, Files.createDirectory(directory.resolve(name)));
        members.add(member);
        return member;
    }

    static Decision kill(String id) {
        return decision("kill", id);
    }

    static Decision decision(String type, String id) {
        return new Decision(
                id,
                Instant.parse("2026-11-21T03:00:00.123Z"),
                type,
                false,
                "credit",
                "alice",
                "asserted",
                "",
                Map.of());
    }

    /** Waits until something holds, or the time limit of the test interrupts it. */
    static void until(BooleanSupplier holds) {
        while (!holds.getAsBoolean()) {
            assertThat(Thread.currentThread().isInterrupted())
                    .as("the test's time is over")
                    .isFalse();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    /** Waits until all have the same, and the same as Redis. */
    void agree() {
        until(() -> members.stream()
                        .allMatch(each ->
                                each.log.head().equals(members.get(0).log.head()))
                && redis.command("XLEN", "modelgate:{modelgate}:log")
                        .equals(members.get(0).log.head().seq())
                && redis.command("HLEN", "modelgate:{modelgate}:ids")
                        .equals(members.get(0).log.head().seq()));
    }

    /** As a failover to a replica that had not heard of them yet. */
    void lose(long after, String... ids) {
        for (int i = 0; i < ids.length; i++) {
            redis.command("XDEL", "modelgate:{modelgate}:log", (after + 1 + i) + "-0");
            redis.command("HDEL", "modelgate:{modelgate}:ids", ids[i]);
        }
        redis.command("XSETID", "modelgate:{modelgate}:log", after + "-0");
    }

    @Override
    public void close() {
        members.forEach(member -> {
            member.log.close();
            member.proxy.close();
        });
        redis.close();
    }
}
