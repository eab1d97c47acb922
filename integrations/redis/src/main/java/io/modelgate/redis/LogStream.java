package io.modelgate.redis;

import static io.modelgate.redis.RedisLink.text;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * The log as Redis holds it. What it returns is verified line by line; that entries continue a chain is for the caller to check, as is what to
 * do if they do not. Everything that fails is a {@link ControlLogException}. Thread-safe.
 */
final class LogStream {

    static final int BATCH = 256;

    private static final int CHUNK = 200;
    private static final int STAGING_SECONDS = 60;
    private static final int HASH_DIGITS = 64;
    private static final Script APPEND = Script.load("append");
    private static final Script RESTORE = Script.load("restore");
    private static final Script REINDEX = Script.load("reindex");

    private final RedisLink link;
    private final LogKeys keys;

    /** What became of an append. */
    enum Status {
        /** The entries are in the log. */
        OK,
        /** Some ids are in the log already; nothing was appended. */
        KNOWN,
        /** No id is in the log; nothing was to be appended. */
        NONE,
        /** The log goes on after the expected entry, or is another; nothing was appended. */
        MOVED,
        /** The index of ids is not that of the log; nothing was appended. */
        UNINDEXED
    }

    /**
     * The reply to an append.
     *
     * @param known of KNOWN: id to sequence number
     * @param missing of MOVED: what Redis has after the expected entry; empty if it ends before or beside it
     */
    record Reply(Status status, Map<String, Long> known, List<Entry> missing) {}

    LogStream(RedisLink link, LogKeys keys) {
        this.link = link;
        this.keys = keys;
    }

    Reply append(Head expected, Collection<Entry> entries, boolean write) {
        List<byte[]> arguments = new ArrayList<>();
        arguments.add(bytes(expected.seq()));
        arguments.add(RedisLink.bytes(expected.hash()));
        arguments.add(RedisLink.bytes(write ? "1" : "0"));
        for (Entry entry : entries) {
            arguments.add(RedisLink.bytes(entry.decision().id()));
            arguments.add(write ? entry.line() : new byte[0]);
        }
        List<Object> reply = asking(() -> link.eval(APPEND, List.of(keys.log, keys.ids), arguments));
        String status = text(reply.get(0));
        return switch (status) {
            case "OK" -> new Reply(Status.OK, Map.of(), List.of());
            case "NONE" -> new Reply(Status.NONE, Map.of(), List.of());
            case "IDS" -> new Reply(Status.UNINDEXED, Map.of(), List.of());
            case "KNOWN" -> {
                Map<String, Long> known = new HashMap<>();
                for (int i = 1; i < reply.size(); i += 2) {
                    known.put(text(reply.get(i)), Long.parseLong(text(reply.get(i + 1))));
                }
                yield new Reply(Status.KNOWN, known, List.of());
            }
            default -> {
                List<Entry> missing = new ArrayList<>();
                for (int i = 2; i < reply.size(); i += 2) {
                    missing.add(entry(text(reply.get(i)), (byte[]) reply.get(i + 1)));
                }
                yield new Reply(Status.MOVED, Map.of(), whole(expected.seq(), missing));
            }
        };
    }

    /** Waits on Redis for what comes after an entry; completes on a thread that must not be held up. */
    CompletableFuture<List<StreamMessage<byte[], byte[]>>> reading(long after, Duration block) {
        return link.reading(keys.log, after, BATCH, block);
    }

    /** The entries of messages that were read after one, up to the first that is not of this log; throws if that is the first of all. */
    List<Entry> entries(long after, List<StreamMessage<byte[], byte[]>> messages) {
        return entries(after, List.of(), messages);
    }

    /** As {@link #entries(long, List)}; the first messages are known to be these entries. */
    List<Entry> entries(long after, List<Entry> parsed, List<StreamMessage<byte[], byte[]>> messages) {
        List<Entry> entries = new ArrayList<>(messages.size());
        entries.addAll(parsed);
        for (StreamMessage<byte[], byte[]> message : messages.subList(parsed.size(), messages.size())) {
            try {
                entries.add(entry(message));
            } catch (ControlLogException e) {
                if (entries.isEmpty()) {
                    throw e;
                }
                // What comes before counts all the same: it may be a kill. The next read begins with this one, and
                // throws.
                break;
            }
        }
        return whole(after, entries);
    }

    /** Whether entries are all that messages brought, and not only what stands before one that is none of the log. */
    static boolean all(List<Entry> entries, List<StreamMessage<byte[], byte[]>> messages) {
        return messages.get(messages.size() - 1)
                .getId()
                .equals(entries.get(entries.size() - 1).seq() + "-0");
    }

    Entry entry(StreamMessage<byte[], byte[]> message) {
        return entry(message.getId(), RedisLink.value(message));
    }

    /** Where the log ends in Redis. */
    Head head() {
        List<StreamMessage<byte[], byte[]>> last =
                asking(() -> link.call(redis -> redis.xrevrange(keys.log, Range.unbounded(), Limit.create(0, 1))));
        if (last.isEmpty()) {
            return Head.EMPTY;
        }
        Entry entry = entries(Long.MAX_VALUE, last).get(0);
        return entry.head();
    }

    /** Everything after one entry up to another. */
    List<Entry> read(long after, long to) {
        List<Entry> all = new ArrayList<>();
        for (long from = after; from < to; from = all.get(all.size() - 1).seq()) {
            List<Entry> next = some(from, to);
            if (next.isEmpty()) {
                throw new ControlLogException(text(keys.log) + " ends before " + to + ", where it ended just now");
            }
            all.addAll(next);
        }
        return all;
    }

    /** Some of what comes after an entry; empty if nothing does. */
    List<Entry> after(long seq) {
        return some(seq, Long.MAX_VALUE);
    }

    /** Some of what comes after an entry, unless it was archived. */
    List<Entry> inStream(long after) {
        return entries(Long.MAX_VALUE, messages(after, Long.MAX_VALUE));
    }

    private List<Entry> some(long after, long to) {
        return entries(after, messages(after, to));
    }

    private List<StreamMessage<byte[], byte[]>> messages(long after, long to) {
        Range<String> range = Range.create((after + 1) + "-0", to == Long.MAX_VALUE ? "+" : to + "-0");
        return asking(() -> link.call(redis -> redis.xrange(keys.log, range, Limit.create(0, BATCH))));
    }

    /** The hash of one of the log's entries. */
    String hashAt(long seq) {
        if (seq == 0) {
            return Entry.GENESIS;
        }
        List<Entry> found = some(seq - 1, seq);
        if (found.isEmpty()) {
            found = archived(seq - 1, seq + 1);
        }
        return found.get(0).hash();
    }

    /** Fills the gap, if there is one, between an entry and the first of others from what was archived. */
    private List<Entry> whole(long after, List<Entry> entries) {
        if (entries.isEmpty() || entries.get(0).seq() <= after + 1 || after == Long.MAX_VALUE) {
            return entries;
        }
        List<Entry> all = new ArrayList<>(archived(after, entries.get(0).seq()));
        all.addAll(entries);
        return all;
    }

    private List<Entry> archived(long after, long before) {
        Map<Long, byte[]> segments = new TreeMap<>();
        for (byte[] segment : asking(() -> link.call(redis -> redis.hkeys(keys.segments)))) {
            String[] range = text(segment).split("-", -1);
            if (range.length == 2 && Long.parseLong(range[1]) > after && Long.parseLong(range[0]) < before) {
                segments.put(Long.parseLong(range[0]), segment);
            }
        }
        // Where segments overlap, one of a fork that gave way is the one that begins earlier.
        Map<Long, Entry> entries = new TreeMap<>();
        for (byte[] segment : segments.values()) {
            byte[] packed = asking(() -> link.call(redis -> redis.hget(keys.segments, segment)));
            try {
                for (byte[] line : Segment.unpack(packed)) {
                    Entry entry = Entry.parse(line);
                    if (entry.seq() > after && entry.seq() < before) {
                        entries.put(entry.seq(), entry);
                    }
                }
            } catch (IOException | IllegalArgumentException e) {
                throw new ControlLogException("segment " + text(segment) + " of " + text(keys.segments)
                        + " in Redis cannot be read: " + e.getMessage() + ". " + startOver());
            }
        }
        if (entries.size() != before - after - 1) {
            throw new ControlLogException("Redis has entry " + before + " in " + text(keys.log)
                    + " and not all of those between it and entry " + after + ", nor in "
                    + text(keys.segments) + ". " + startOver());
        }
        return List.copyOf(entries.values());
    }

    private String startOver() {
        return "While a process with a whole copy runs: delete " + text(keys.log)
                + " (DEL), and it is restored from that copy";
    }

    private Entry entry(String id, byte[] line) {
        String why;
        try {
            Entry entry = Entry.parse(line);
            if (id.equals(entry.seq() + "-0")) {
                return entry;
            }
            why = "it has the sequence number " + entry.seq();
        } catch (IllegalArgumentException e) {
            why = String.valueOf(e.getMessage());
        }
        throw new ControlLogException("entry " + id + " of " + text(keys.log)
                + " in Redis is not of this log: " + why + ". Keep it for the inquiry (XRANGE " + text(keys.log)
                + " "
                + id + " " + id + "), then remove it: XDEL " + text(keys.log) + " " + id
                + "; until then nothing can be appended, and everyone keeps what came before it");
    }

    /**
     * Puts entries in the place of all that Redis has after one, if it still ends where it was seen to.
     *
     * @return false if it ends elsewhere by now, or another process is at it
     */
    boolean restore(Head seen, long keep, Copy copy, String instance) {
        byte[] claimed = asking(() -> link.call(redis -> redis.get(keys.claim)));
        if (claimed != null && !text(claimed).equals(instance)) {
            return false;
        }
        String claim = asking(() -> link.call(redis -> redis.set(
                keys.claim, RedisLink.bytes(instance), SetArgs.Builder.nx().ex(STAGING_SECONDS / 12))));
        if (claim == null) {
            return false;
        }
        byte[] staging = keys.staging(instance);
        asking(() -> link.call(redis -> redis.del(staging)));
        long to = copy.head().seq();
        List<byte[]> chunk = new ArrayList<>();
        for (long from = keep; from < to; ) {
            List<Entry> entries = copy.batch(from, (int) Math.min(CHUNK, to - from));
            for (Entry entry : entries) {
                chunk.add(RedisLink.bytes(entry.decision().id()));
                chunk.add(entry.line());
            }
            push(staging, chunk);
            from = entries.get(entries.size() - 1).seq();
        }
        List<byte[]> arguments = List.of(
                RedisLink.bytes(seen.seq() + "-0"), RedisLink.bytes(seen.hash()), bytes(keep), bytes(to - keep));
        List<Object> reply =
                asking(() -> link.eval(RESTORE, List.of(keys.log, keys.ids, staging, keys.claim), arguments));
        return text(reply.get(0)).equals("OK");
    }

    /** Makes the index of ids anew from a copy that ends where Redis does. */
    void reindex(Copy copy, String instance) {
        Head head = copy.head();
        byte[] staging = keys.staging(instance);
        asking(() -> link.call(redis -> redis.del(staging)));
        List<byte[]> chunk = new ArrayList<>();
        for (long from = 0; from < head.seq(); ) {
            List<Entry> entries = copy.batch(from, (int) Math.min(CHUNK, head.seq() - from));
            for (Entry entry : entries) {
                chunk.add(RedisLink.bytes(entry.decision().id()));
                chunk.add(bytes(entry.seq()));
            }
            push(staging, chunk);
            from = entries.get(entries.size() - 1).seq();
        }
        asking(() -> link.eval(
                REINDEX,
                List.of(keys.log, keys.ids, staging),
                List.of(RedisLink.bytes(head.seq() + "-0"), RedisLink.bytes(head.hash()))));
    }

    private void push(byte[] staging, List<byte[]> chunk) {
        byte[][] values = chunk.toArray(byte[][]::new);
        asking(() -> link.call(redis -> redis.rpush(staging, values)));
        asking(() -> link.call(redis -> redis.expire(staging, STAGING_SECONDS)));
        chunk.clear();
    }

    /** The head that an id and a line of the stream say, unverified. */
    static Head headOf(byte[] id, byte[] line) {
        String place = text(id);
        int end = place.indexOf('-');
        int digits = line.length - 2 - HASH_DIGITS;
        return new Head(
                Long.parseLong(place.substring(0, end)),
                digits < 0 ? "" : new String(line, digits, HASH_DIGITS, StandardCharsets.ISO_8859_1));
    }

    static byte[] bytes(long number) {
        return RedisLink.bytes(Long.toString(number));
    }

    private interface Question<T> {
        T ask();
    }

    /** Names the key if one of them is something else. */
    private <T> T asking(Question<T> question) {
        try {
            return question.ask();
        } catch (ControlLogException e) {
            if (!String.valueOf(e.getMessage()).contains("WRONGTYPE")) {
                throw e;
            }
            throw new ControlLogException(wrongType() + e.getMessage());
        }
    }

    private String wrongType() {
        Map<byte[], String> types = Map.of(
                keys.log,
                "stream",
                keys.ids,
                "hash",
                keys.instances,
                "hash",
                keys.segments,
                "hash",
                keys.secret,
                "string");
        StringBuilder wrong = new StringBuilder();
        types.forEach((key, expected) -> {
            String type = link.call(redis -> redis.type(key));
            if (!type.equals(expected) && !type.equals("none")) {
                wrong.append("the key ")
                        .append(text(key))
                        .append(" holds a ")
                        .append(type)
                        .append(" where a ")
                        .append(expected)
                        .append(" belongs: rename or delete it, or give this log another name. ");
            }
        });
        return wrong.toString();
    }
}
