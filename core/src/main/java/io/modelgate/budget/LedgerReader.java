package io.modelgate.budget;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a ledger from its first byte to its last, and refuses one that is not what was written. */
final class LedgerReader {

    private final Path file;
    private final List<LedgerHead.End> ends;
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
    /** Whether it had the end that its head file says; it may have gone on since. */
    private boolean durable;

    private @Nullable String torn;

    private LedgerReader(Path file, List<LedgerHead.End> ends) {
        this.file = file;
        this.ends = ends;
    }

    /**
     * What a ledger says.
     *
     * @param marks the amounts
     * @param problem what is to be known of its end; null if it was closed and nothing is missing
     */
    record Content(
            Map<LedgerLine.Mark, Long> marks, @Nullable String problem) {}

    /**
     * Reads a ledger.
     *
     * @param ends what its head file says; empty if it has none
     * @throws IllegalStateException if it is damaged, or had none of the ends
     */
    static Content read(Path file, List<LedgerHead.End> ends) throws IOException {
        LedgerReader reader = new LedgerReader(file, ends);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            while (reader.next(in)) {
                reader.complete();
            }
        }
        reader.tail();
        if (!ends.isEmpty() && !reader.durable) {
            throw LedgerHead.missed(file, reader.end, ends);
        }
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
        durable |= ends.contains(new LedgerHead.End(end, before));
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
        if (closed && torn == null && !ends.isEmpty()) {
            return null;
        }
        StringBuilder problem = new StringBuilder("ledger ").append(file);
        problem.append(closed ? " was closed" : " was not closed, as when a process is killed");
        if (torn != null) {
            problem.append("; ").append(torn);
        }
        problem.append(
                ends.isEmpty()
                        ? "; it has no head file, so nothing shows whether lines are missing at its end"
                        : "; nothing that was made durable is missing");
        problem.append(". Spending goes on from the marks in it");
        if (!closed) {
            problem.append(
                            ", which are at or above what was spent; only if the machine went down too, marks of its last second or so")
                    .append(" may be missing");
        }
        return problem.toString();
    }

    private IllegalStateException damaged(String what) {
        Path head = LedgerHead.of(file);
        String way = offset == 0
                ? "remove it and " + head + " to start from nothing, which forgets spending"
                : "cut it to " + offset
                        + " bytes to go on with what stands before, or remove it to start from nothing; in both cases remove "
                        + head + " too. Either forgets spending";
        return new IllegalStateException("ledger " + file + " is damaged at line " + number + ", byte " + offset + ": "
                + what + ". Restore the file; or " + way);
    }
}
