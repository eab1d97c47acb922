package io.modelgate.redis;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A control log on Redis that the processes of a fleet share. Thread-safe. */
public final class RedisControlLog implements ControlLog {

    private RedisControlLog() {}

    /** Opens the log; within the command timeout also when Redis is away. */
    public static RedisControlLog open(Consumer<RedisControlLogBuilder> settings) {
        RedisControlLogBuilder builder = new RedisControlLogBuilder();
        settings.accept(builder);
        builder.check();
        return new RedisControlLog();
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Entry> read(long after, int limit) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Head head() {
        throw new UnsupportedOperationException();
    }

    @Override
    public byte[] identitySecret() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
