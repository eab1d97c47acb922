package io.modelgate;

import java.io.IOException;
import java.util.List;

/**
 * Where decision records go: a file, a table, a topic. Called by one thread at a time, never by one that serves; it may take its time, and what
 * does not fit the bounded queue meanwhile is lost and counted. {@code DecisionSinkKit} in the testkit is what an implementation has to
 * pass.
 */
public interface DecisionSink extends AutoCloseable {

    /**
     * Takes records, all of them or none, in the order in which the calls ended or nearly so.
     *
     * @param batch 1 to 512 records; immutable
     * @throws IOException if it has taken none of them and may take them later: the same batch comes again, a second later or more, for
     *     up to a minute. After anything else that it throws the batch is lost and counted, and the next one comes
     */
    void write(List<DecisionRecord> batch) throws IOException;

    /** Makes what was written visible to readers. Called about once a second, whether or not there was anything to write. */
    default void flush() throws IOException {}

    /** Lets go of everything, after the last batch. Idempotent. */
    @Override
    default void close() throws IOException {}
}
