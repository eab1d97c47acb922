package io.modelgate.budget;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Map;

/** Writes a whole ledger, durably, and says where it ends. */
final class LedgerWriter {

    private static final int CHUNK = 1 << 16;

    private final RandomAccessFile file;
    private final Disk disk;
    private final ByteArrayOutputStream chunk = new ByteArrayOutputStream();
    private long written;
    private String before = LedgerLine.START;

    private LedgerWriter(RandomAccessFile file, Disk disk) {
        this.file = file;
        this.disk = disk;
    }

    static LedgerHead.End write(Path path, Map<LedgerLine.Mark, Long> marks, Disk disk) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            disk.cut(file, 0);
            LedgerWriter writer = new LedgerWriter(file, disk);
            writer.add(LedgerLine.header());
            for (Map.Entry<LedgerLine.Mark, Long> mark : marks.entrySet()) {
                writer.add(LedgerLine.amount(LedgerLine.Kind.MARK, mark.getKey(), mark.getValue(), writer.before));
            }
            writer.flush();
            disk.sync(file);
            return new LedgerHead.End(writer.written, writer.before);
        }
    }

    private void add(LedgerLine line) throws IOException {
        chunk.writeBytes(line.bytes());
        before = line.checksum();
        if (chunk.size() >= CHUNK) {
            flush();
        }
    }

    private void flush() throws IOException {
        disk.write(file, written, chunk.toByteArray());
        written += chunk.size();
        chunk.reset();
    }
}
