package io.modelgate.budget;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a ledger from its first byte to its last, and refuses one that is not what was written. */
final class LedgerReader {

    private final Path file;
    private final Map<LedgerLine.Mark, Long> marks = new HashMap<>();
    private final byte[] line = new byte[LedgerLine.MAX_BYTES];
    private int length;
    /** Whether more bytes than fit followed, and whether one of them was no zero. */
    private boolean tooLong;

    private boolean junk;
    private long number;
    private long offset;
    private long end;
    private String before = LedgerLine.START;
    private boolean closed;
    private @Nullable String torn;

    private LedgerReader(Path file) {
        this.file = file;
    }

    /**
     * What a ledger says.
     *
     * @param marks the amounts
     * @param problem what was missing at its end, and that is made up for; null if it was closed
     */
    record Content(
            Map<LedgerLine.Mark, Long> marks, @Nullable String problem) {}

    static Content read(Path file) throws IOException {
        LedgerReader reader = new LedgerReader(file);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            while (reader.next(in)) {
                reader.complete();
            }
        }
        reader.tail();
        return new Content(reader.marks, reader.problem());
    }

    /** Reads up to a newline; false at the end of the file, with what stands there after the last newline. */
    private boolean next(InputStream in) throws IOException {
        offset = end;
        number++;
        length = 0;
        tooLong = false;
        junk = false;
        for (int b = in.read(); b >= 0; b = in.read()) {
            end++;
            if (b == '\n') {
                return true;
            }
            if (length < line.length) {
                line[length++] = (byte) b;
            } else {
                tooLong = true;
                junk |= b != 0;
            }
        }
        return false;
    }

    private void complete() {
        LedgerLine parsed = tooLong ? null : LedgerLine.parse(line, length, before);
        if (parsed == null) {
            throw damaged(number == 1 ? "it is not the first line of a ledger" : "it is not what was written there");
        }
        apply(parsed);
    }

    private void apply(LedgerLine parsed) {
        if ((parsed.kind() == LedgerLine.Kind.HEADER) != (number == 1)) {
            throw damaged(number == 1 ? "the header is missing" : "a header stands in the middle");
        }
        if (closed) {
            throw damaged("it stands behind the end of a ledger that was closed");
        }
        closed = parsed.kind() == LedgerLine.Kind.CLOSED;
        LedgerLine.Mark mark = parsed.mark();
        if (mark != null) {
            marks.put(mark, parsed.amount());
        }
        before = parsed.checksum();
    }

    /** A process that died while it wrote leaves the beginning of a line; anything else is damage. */
    private void tail() {
        if (number == 1) {
            throw damaged(length == 0 ? "the file is empty" : "it is not the first line of a ledger");
        }
        if (length == 0) {
            return;
        }
        if (junk || LedgerLine.parse(line, length - 1, before) != null) {
            throw damaged("its newline is not what was written there");
        }
        LedgerLine whole = LedgerLine.parse(line, length, before);
        if (whole != null) {
            // It may have been acted upon; and if not, a mark that is too high forgets nothing.
            apply(whole);
            torn = "line " + number + " lacked its newline";
        } else {
            torn = "line " + number + ", of " + (end - offset) + " bytes, was never finished and is cut off";
        }
    }

    private @Nullable String problem() {
        if (closed && torn == null) {
            return null;
        }
        return "ledger " + file
                + (closed ? " was damaged at its end" : " was not closed by the process that last used it")
                + (torn == null ? "" : "; " + torn)
                + "; spending goes on from the marks in it, which are above what was spent by a sixty-fourth of a ceiling at most";
    }

    private IllegalStateException damaged(String what) {
        return new IllegalStateException(
                "ledger " + file + " is damaged at line " + number + ", byte " + offset + ": " + what
                        + ". Restore the file; or cut it to " + offset
                        + " bytes to go on with what stands before, or remove it to start from nothing: either forgets spending");
    }
}
