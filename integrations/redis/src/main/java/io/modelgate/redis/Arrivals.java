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
 * Tells of kills on the network's thread that has just read them. The thread that follows comes to them after it was woken, and after all
 * other processes of a busy machine have been; by then calls began that need not have. Thread-safe.
 */
final class Arrivals {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);

    /** More than that are no news of a kill but a process that catches up, and would hold the network up. */
    private static final int MOST = 16;

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

    static boolean isKill(Entry entry) {
        return entry.type().equals("kill");
    }

    /**
     * Tells of the kills among the first messages that continue the chain after a head.
     *
     * @return their entries, for whoever reads them anyway; those of no more than the first {@value #MOST} messages
     */
    List<Entry> tell(Head after, List<StreamMessage<byte[], byte[]>> messages) {
        List<Entry> entries = new ArrayList<>();
        try {
            Head head = after;
            for (StreamMessage<byte[], byte[]> message : messages) {
                if (entries.size() == MOST) {
                    break;
                }
                Entry entry = stream.entry(message);
                if (!entry.continues(head)) {
                    break;
                }
                entries.add(entry);
                head = entry.head();
                if (isKill(entry)) {
                    listeners.forEach(listener -> tell(listener, entry));
                }
            }
        } catch (ControlLogException e) {
            LOG.debug("who follows says what is wrong with it", e);
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
