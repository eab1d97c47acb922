package io.modelgate.control;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What is remembered of the acknowledged entries of a log file: where each begins, their ids, and where they end. Guarded by its
 * own monitor; whoever extends it holds that over reading and adding.
 */
final class Chain {

    private final Map<String, Long> seqs = new HashMap<>();
    private long[] offsets = new long[64];
    private Head head = Head.EMPTY;
    private long end;

    /** A line that was read and not yet added. */
    record Fresh(String id, long offset) {}

    synchronized Head head() {
        return head;
    }

    /** The length in bytes of the acknowledged part of the file. */
    synchronized long end() {
        return end;
    }

    /** The sequence number of the entry with an id; 0 if there is none. */
    synchronized long seq(String id) {
        return seqs.getOrDefault(id, 0L);
    }

    /** Where the line after an entry begins. */
    synchronized long offsetAfter(long seq) {
        return seq == head.seq() ? end : offsets[(int) seq];
    }

    /** Adds lines that follow the head, all or none. */
    synchronized void add(List<Fresh> lines, Head newHead, long newEnd) throws BadLineException {
        int seq = (int) head.seq();
        if (seq + lines.size() > offsets.length) {
            offsets = Arrays.copyOf(offsets, Math.max(seq + lines.size(), offsets.length + offsets.length / 2));
        }
        for (Fresh line : lines) {
            offsets[seq] = line.offset();
            Long earlier = seqs.putIfAbsent(line.id(), (long) ++seq);
            if (earlier != null) {
                lines.subList(0, (int) (seq - head.seq() - 1)).forEach(added -> seqs.remove(added.id()));
                throw new BadLineException(seq, "it repeats the id " + line.id() + " of line " + earlier);
            }
        }
        head = newHead;
        end = newEnd;
    }
}
