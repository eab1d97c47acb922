package io.modelgate.console;

import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes entries as their lines, and checks that each is what it says and continues the one before. Not thread-safe. */
final class ExportFile implements AutoCloseable {

    /** The header that says with which entry an export ends. */
    static final String THROUGH = "X-ModelGate-Through";

    /** The header that says the hash of that entry. */
    static final String HASH = "X-ModelGate-Hash";

    /** An entry is one line of at most 16 MiB. */
    private static final int LONGEST_LINE = 17 << 20;

    private final MessageDigest sha256;
    private final OutputStream out;
    private final long first;
    private long entries;
    private @Nullable Head head;

    private ExportFile(OutputStream to, long first) {
        this.first = first;
        sha256 = Sha256.begin();
        out = new BufferedOutputStream(new DigestOutputStream(to, sha256));
    }

    /**
     * A new file.
     *
     * @param first the number of the entry with which it is to begin
     * @throws UsageException if it exists, or cannot be written
     */
    static ExportFile create(Path file, long first) throws UsageException {
        try {
            return new ExportFile(
                    Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), first);
        } catch (FileAlreadyExistsException e) {
            throw new UsageException("the file " + file + " exists: an export overwrites nothing");
        } catch (IOException e) {
            throw new UsageException("the file " + file + " cannot be written: " + e);
        }
    }

    /** No file: the chain alone is looked at, from the first entry. */
    static ExportFile none() {
        return new ExportFile(OutputStream.nullOutputStream(), 1);
    }

    /**
     * Adds an entry.
     *
     * @throws IllegalArgumentException if it does not continue the one before, or is not the one to begin with
     */
    void add(Entry entry) throws IOException {
        Head before = head;
        if (before == null && entry.seq() != first) {
            throw new IllegalArgumentException("it begins with entry " + entry.seq() + ", and not with " + first);
        }
        if (before == null ? first == 1 && !entry.continues(Head.EMPTY) : !entry.continues(before)) {
            throw new IllegalArgumentException("entry " + entry.seq() + " does not continue "
                    + (before == null ? "the beginning of a log" : "entry " + before.seq()));
        }
        head = entry.head();
        entries++;
        out.write(entry.line());
        out.write('\n');
    }

    /**
     * Adds the entries of lines, all that there are.
     *
     * @throws IllegalArgumentException if one is no line of a control log, or does not continue the one before
     */
    void addAll(InputStream lines) throws IOException {
        InputStream in = new BufferedInputStream(lines, 1 << 16);
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                add(Entry.parse(line.toByteArray()));
                line.reset();
            } else if (line.size() > LONGEST_LINE) {
                throw new IllegalArgumentException("line " + (entries + 1) + " is too long to be an entry");
            } else {
                line.write(c);
            }
        }
        if (line.size() > 0) {
            throw new IOException("it ended in the middle of an entry");
        }
    }

    /**
     * Refuses what ends before, or elsewhere than, whoever gave it said that it would.
     *
     * @param through the number of the last entry, as the header says it; 0 if there is none
     * @throws IOException if it is not whole, or if nothing was said: then it may be cut
     */
    void requireEnd(Optional<String> through, Optional<String> hash) throws IOException {
        if (through.isEmpty() || hash.isEmpty()) {
            throw new IOException("the console does not say where its export ends, so that it may be cut");
        }
        Head end = head();
        if (!through.get().equals(String.valueOf(end.seq())) || !hash.get().equals(end.hash())) {
            throw new IOException("it was cut: it ends with entry " + end.seq() + ", and the console said "
                    + Wording.quote(through.get()));
        }
    }

    long entries() {
        return entries;
    }

    /** Where what was added ends. */
    Head head() {
        return head == null ? Head.EMPTY : head;
    }

    /** Of all that was written, once it is closed; 64 hexadecimal digits. */
    String sha256() {
        return HexFormat.of().formatHex(sha256.digest());
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
