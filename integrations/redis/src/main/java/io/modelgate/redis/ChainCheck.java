package io.modelgate.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.control.Verification;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads all of a log as it is in Redis, segments first, and recomputes its chain. For one check. */
final class ChainCheck {

    private static final int BATCH = 256;

    private final RedisLink link;
    private final LogKeys keys;
    private final Map<String, Long> ids = new HashMap<>();
    private Head head = Head.EMPTY;
    private @Nullable String problem;

    ChainCheck(RedisLink link, LogKeys keys) {
        this.link = link;
        this.keys = keys;
    }

    Verification run() {
        segments();
        if (problem == null) {
            stream();
        }
        return new Verification(head.seq(), head, 0, problem == null ? 0 : head.seq() + 1, problem);
    }

    private void segments() {
        Map<Long, byte[]> names = new TreeMap<>();
        for (byte[] name : link.call(redis -> redis.hkeys(keys.segments))) {
            String from = RedisLink.text(name).replaceFirst("-.*", "");
            names.put(from.matches("\\d{1,18}") ? Long.parseLong(from) : Long.MAX_VALUE, name);
        }
        for (byte[] name : names.values()) {
            String where = "segment " + RedisLink.text(name);
            byte @Nullable [] packed = link.call(redis -> redis.hget(keys.segments, name));
            try {
                for (byte[] line : packed == null ? List.<byte[]>of() : Segment.unpack(packed)) {
                    add(line, where);
                }
            } catch (IOException e) {
                fail(where + " cannot be unpacked: " + e.getMessage());
            }
            if (problem != null) {
                return;
            }
        }
    }

    private void stream() {
        String after = "-";
        List<StreamMessage<byte[], byte[]>> batch;
        do {
            Range<String> range = after.equals("-")
                    ? Range.unbounded()
                    : Range.from(Range.Boundary.excluding(after), Range.Boundary.unbounded());
            batch = link.call(redis -> redis.xrange(keys.log, range, Limit.create(0, BATCH)));
            for (StreamMessage<byte[], byte[]> message : batch) {
                after = message.getId();
                if (!after.equals((head.seq() + 1) + "-0")) {
                    fail("the stream has " + after + " where " + (head.seq() + 1) + "-0 belongs");
                }
                add(RedisLink.value(message), "entry " + after + " of the stream");
                if (problem != null) {
                    return;
                }
            }
        } while (!batch.isEmpty());
    }

    private void add(byte[] line, String where) {
        if (problem != null) {
            return;
        }
        try {
            Entry entry = Entry.parse(line);
            Long earlier = ids.putIfAbsent(entry.decision().id(), entry.seq());
            if (!entry.continues(head)) {
                fail(where + ": entry " + entry.seq() + " does not continue the chain after entry " + head.seq());
            } else if (earlier != null) {
                fail(where + " repeats the id " + entry.decision().id() + " of entry " + earlier);
            } else {
                head = entry.head();
            }
        } catch (IllegalArgumentException e) {
            fail(where + " holds a line that is none of a log: " + e.getMessage());
        }
    }

    private void fail(String what) {
        if (problem == null) {
            problem = RedisLink.text(keys.log) + ": " + what
                    + ". Processes that hold a copy keep what they have; see docs/fleet.md";
        }
    }
}
