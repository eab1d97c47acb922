package io.modelgate.control;

import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of the control log: a decision with its place in the chain. Immutable.
 *
 * @param seq its sequence number; the first entry is 1 and there are no gaps
 * @param decision what was decided
 * @param previousHash the hash of the entry before, 64 hexadecimal digits; zeros for the first
 * @param hash SHA-256 over the line up to its hash, which includes the previous hash; 64 hexadecimal digits
 */
public record Entry(long seq, Decision decision, String previousHash, String hash) {

    /** The hash that precedes the first entry. */
    public static final String GENESIS = "0".repeat(64);

    /**
     * The entry that a decision becomes after the head of a log, with its place and its hashes; for implementations of
     * {@link ControlLog}.
     *
     * @throws IllegalArgumentException if the decision takes more than 16 MiB as a line
     */
    public static Entry after(Head head, Decision decision) {
        return LineWriter.write(head.seq() + 1, decision, head.hash(), new ByteArrayOutputStream());
    }

    /**
     * Reads an entry from its line, as {@link #line} gives it. That it is the next one of a chain is for the caller to check.
     *
     * @param line without its newline
     * @throws IllegalArgumentException if it is no line of a control log, if its hash is not that of its content, or if it is not byte for byte
     *     what {@link #line} would give
     */
    public static Entry parse(byte[] line) {
        return new LineReader().parse(line);
    }

    /** The line that it is in a control log, in UTF-8 and without its newline; with its hash as it is, which is not computed anew. */
    public byte[] line() {
        return LineWriter.line(this);
    }

    /** Where a log ends whose last entry this is. */
    public Head head() {
        return new Head(seq, hash);
    }

    /** Whether it is the next entry of a log that ends at this head. */
    public boolean continues(Head head) {
        return seq == head.seq() + 1 && previousHash.equals(head.hash());
    }

    /** The decision's type. */
    public String type() {
        return decision.type();
    }

    /** The gate that it concerns, or {@code *}. */
    public String gate() {
        return decision.gate();
    }

    /** A string of the decision's data, or null if there is none under that name. */
    public @Nullable String text(String name) {
        return decision.data().get(name) instanceof String text ? text : null;
    }

    /** An integer of the decision's data, or {@code otherwise} if there is none under that name. */
    public long number(String name, long otherwise) {
        return decision.data().get(name) instanceof Long number ? number : otherwise;
    }

    /** The strings of a list in the decision's data; empty if there is none under that name. */
    public List<String> texts(String name) {
        return decision.data().get(name) instanceof List<?> list
                ? list.stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .toList()
                : List.of();
    }
}
