package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.Outcome;
import io.modelgate.redis.RedisControlLog;
import io.modelgate.testkit.RedisServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** The calls of {@link Calls} in a process whose control log is on a Redis beside it. */
public class RedisCalls extends Measured {

    /** A gate as most have it, on a Redis that runs. */
    @State(Scope.Benchmark)
    public static class OnRedis {
        private final RedisServer server = RedisServer.create();
        private Path directory;
        private Setting setting;
        ModelGate<Applicant, Answer> gate;

        @Setup
        public void open() throws IOException {
            server.start();
            directory = Files.createTempDirectory("fleet");
            setting = new Setting(
                    () -> RedisControlLog.open(r -> r.uri(server.uri()).directory(directory)));
            gate = setting.gate("credit-risk", Models.STABLE, Models.CANDIDATE, g -> {});
        }

        @TearDown
        public void close() throws IOException {
            setting.close();
            server.close();
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    /** {@link Calls#call} on Redis. */
    @Benchmark
    public Answer callOnRedis(OnRedis shared, Keys.Cursor cursor) {
        return shared.gate.call(Applicant.USUAL, Caller.of(cursor.key()));
    }

    /** {@link Calls#decide} on Redis: the outcome says how current this process is. */
    @Benchmark
    public Outcome<Answer> decideOnRedis(OnRedis shared, Keys.Cursor cursor) {
        return shared.gate.decide(Applicant.USUAL, Caller.of(cursor.key()));
    }
}
