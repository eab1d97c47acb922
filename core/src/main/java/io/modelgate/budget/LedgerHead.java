package io.modelgate.budget;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The file beside a ledger that says up to where the ledger was durable, so that one that became shorter, is gone or is another
 * one is noticed.
 *
 * <p>Each line is an end that the ledger may have had; there are two while the ledger is written anew, because the process may die
 * before or after the new one takes the place of the old one.
 */
final class LedgerHead {

    private static final Pattern LINE =
            Pattern.compile("modelgate-ledger-head 1 ([1-9][0-9]{0,17}) ([0-9a-f]{8}) ([0-9a-f]{8})");

    private static final int MAX_BYTES = 1 << 20;

    private LedgerHead() {}

    /**
     * Where a ledger ended.
     *
     * @param length in bytes
     * @param checksum of its last line, which stands for all lines before it too
     */
    record End(long length, String checksum) {

        private String line() {
            String text = "modelgate-ledger-head 1 " + length + ' ' + checksum;
            return text + ' ' + LedgerLine.checksum(LedgerLine.START, text) + '\n';
        }
    }

    static Path of(Path ledger) {
        return ledger.resolveSibling(ledger.getFileName() + ".head");
    }

    /** The ends that a ledger may have had; empty if there is no such file. */
    static List<End> read(Path ledger) throws IOException {
        Path file = of(ledger);
        byte[] bytes;
        try {
            if (Files.size(file) > MAX_BYTES) {
                throw unreadable(ledger);
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return List.of();
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        if (!text.endsWith("\n")) {
            throw unreadable(ledger);
        }
        List<End> ends = new ArrayList<>();
        for (String line : text.substring(0, text.length() - 1).split("\n", -1)) {
            Matcher matcher = LINE.matcher(line);
            if (!matcher.matches()) {
                throw unreadable(ledger);
            }
            End end = new End(Long.parseLong(matcher.group(1)), matcher.group(2));
            if (!end.line().equals(line + '\n')) {
                throw unreadable(ledger);
            }
            ends.add(end);
        }
        return List.copyOf(ends);
    }

    /** Durable, and replaced as a whole, when it returns. */
    static void write(Path ledger, Collection<End> ends, Disk disk) throws IOException {
        StringBuilder text = new StringBuilder();
        ends.forEach(end -> text.append(end.line()));
        Path file = of(ledger);
        Path fresh = file.resolveSibling(file.getFileName() + ".tmp");
        try (RandomAccessFile to = new RandomAccessFile(fresh.toFile(), "rw")) {
            disk.cut(to, 0);
            disk.write(to, 0, text.toString().getBytes(StandardCharsets.ISO_8859_1));
            disk.sync(to);
        }
        disk.replace(file, fresh);
    }

    private static IllegalStateException unreadable(Path ledger) {
        return new IllegalStateException(
                "head file " + of(ledger) + " is damaged. Restore it; or make sure that the ledger " + ledger
                        + " is the one you expect, and remove the head file to accept it as it is");
    }

    /** Why a ledger is refused that had none of these ends. */
    static IllegalStateException missed(Path ledger, long length, List<End> ends) {
        long least = ends.stream().mapToLong(End::length).min().orElse(0);
        String what;
        if (length == 0) {
            what = " is missing, but had " + least + " bytes when it was last made durable";
        } else if (length < least) {
            what = " has become shorter: it has " + length + " bytes, and had " + least
                    + " when it was last made durable, so marks are missing at its end";
        } else {
            what = " is not the one that was last made durable: what stands in its first " + least
                    + " bytes is another";
        }
        return new IllegalStateException("ledger " + ledger + what + ". Restore it; or remove the head file "
                + of(ledger) + " to go on with what there is, which may forget spending");
    }
}
