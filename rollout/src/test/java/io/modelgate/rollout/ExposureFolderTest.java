package io.modelgate.rollout;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Path;
import java.util.Iterator;
import org.junit.jupiter.api.Test;

class ExposureFolderTest {

    /** A network's disk does, and each look is made for that. */
    @Test
    void aListingThatFailsInTheMiddleFailsAsTheDiskDoes() {
        IOException stale = new IOException("Stale file handle");
        DirectoryStream<Path> fails = new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                throw new DirectoryIteratorException(stale);
            }

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> ExposureFolder.sorted(fails)).isSameAs(stale);
    }
}
