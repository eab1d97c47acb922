package io.modelgate.redis;

import io.lettuce.core.StreamMessage;
import io.modelgate.control.ControlLogException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;

/** Reads a stream as one who has nothing else to do. */
final class Reading {

    private Reading() {}

    /** The values of what comes after an entry, up to ten; empty if nothing came in that time. */
    static List<byte[]> after(RedisLink link, byte[] stream, long after, Duration block) {
        try {
            List<StreamMessage<byte[], byte[]>> messages =
                    link.reading(stream, after, 10, block).join();
            return messages == null
                    ? List.of()
                    : messages.stream().map(RedisLink::value).toList();
        } catch (CompletionException e) {
            throw e.getCause() instanceof ControlLogException known ? known : e;
        }
    }
}
