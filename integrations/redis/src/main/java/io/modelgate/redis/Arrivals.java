package io.modelgate.redis;

import io.lettuce.core.StreamMessage;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of kills on the network's thread, as soon as that has read them. The thread that follows comes to them after it was woken, and after
 * all other processes of a busy machine have been; by then calls began that need not have. Thread-safe.
 */
final class Arrivals {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);

    /**
     * So much is looked at on the network's thread, which must not be held up; a process that catches up comes to the rest as it follows.
     */
    private static final int MOST = 16;

    private static final int MOST_BYTES = 64 << 10;

    private final LogStream stream;
    private final List<Consumer<Entry>> listeners = new CopyOnWriteArrayList<>();

    Arrivals(LogStream stream) {
        this.stream = stream;
    }

    void add(Consumer<Entry> listener) {
        listeners.add(listener);
    }

    void remove(Consumer<Entry> listener) {
        listeners.remove(listener);
    }

    /**
     * Looks for kills among the first messages and tells of them.
     *
     * @return the entries that the first messages are, so that nobody parses them again: those that continue the chain, {@value #MOST} at most
     */
    List<Entry> look(Head after, List<StreamMessage<byte[], byte[]>> messages) {
        List<Entry> entries = new ArrayList<>();
        try {
            Head head = after;
            int bytes = 0;
            for (StreamMessage<byte[], byte[]> message : messages) {
                bytes += RedisLink.value(message).length;
                if (entries.size() == MOST || bytes > MOST_BYTES) {
                    break;
                }
                Entry entry = stream.entry(message);
                if (!entry.continues(head)) {
                    break;
                }
                entries.add(entry);
                head = entry.head();
                if (entry.decision().isKill()) {
                    listeners.forEach(listener -> tell(listener, entry));
                }
            }
        } catch (ControlLogException e) {
            LOG.debug("a read brought a line that is none of the log; the thread that follows reports it", e);
        }
        return entries;
    }

    private static void tell(Consumer<Entry> listener, Entry kill) {
        try {
            listener.accept(kill);
        } catch (Throwable e) {
            LOG.error("a listener to kills threw; they are in force once followers have them", e);
        }
    }
}
