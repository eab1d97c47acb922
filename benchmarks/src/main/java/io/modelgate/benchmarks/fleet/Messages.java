package io.modelgate.benchmarks.fleet;

import io.lettuce.core.RedisClient;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;

/**
 * Stamps messages of a stream as they arrive through the client that the control log uses: the same way as an entry's, and no gate at its end.
 * Thread-safe; it ends with the process.
 */
final class Messages {

    static final String STREAM = "messages";

    private final RedisAsyncCommands<String, String> redis;
    private final Queue<Long> arrived;

    Messages(String uri, Queue<Long> arrived) {
        this.arrived = arrived;
        redis = RedisClient.create(uri).connect().async();
    }

    void listen() {
        listen("0-0");
    }

    // The client takes the streams to read as an array of a generic type.
    @SuppressWarnings("unchecked")
    private void listen(String after) {
        CompletionStage<Void> ignored = redis.xread(
                        XReadArgs.Builder.block(0), XReadArgs.StreamOffset.from(STREAM, after))
                .thenAccept(messages -> take(after, messages));
    }

    private void take(String after, List<StreamMessage<String, String>> messages) {
        messages.forEach(message -> arrived.add(System.nanoTime()));
        listen(messages.isEmpty() ? after : messages.get(messages.size() - 1).getId());
    }
}
