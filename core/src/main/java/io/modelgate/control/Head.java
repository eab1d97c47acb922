package io.modelgate.control;

/**
 * Where a control log ends.
 *
 * @param seq the sequence number of the last entry; 0 for an empty log
 * @param hash the hash of the last entry; {@link Entry#GENESIS} for an empty log
 */
public record Head(long seq, String hash) {

    /** The head of an empty log. */
    public static final Head EMPTY = new Head(0, Entry.GENESIS);
}
