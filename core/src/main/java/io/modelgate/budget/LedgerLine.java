package io.modelgate.budget;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * One line of a ledger: what it says, and a checksum over that and the checksum of the line before, so that no line can be
 * changed, removed or moved without the next reader noticing.
 *
 * @param kind what the line does
 * @param mark whose amount it sets; null for the lines that set none
 * @param amount the amount, 0 to 2<sup>48</sup> − 1
 * @param checksum eight hexadecimal digits
 */
record LedgerLine(Kind kind, @Nullable Mark mark, long amount, String checksum) {

    enum Kind {
        /** The first line; says the format. */
        HEADER,
        /** Raises the mark of an account. */
        MARK,
        /** Says what an account has spent, be it less than its mark. */
        EXACT,
        /** The last line of a ledger that was closed. */
        CLOSED
    }

    /**
     * Whose amount.
     *
     * @param keyHash the keyed hash of the account's key
     * @param period the id of the day or month, 0 if the window has none
     */
    record Mark(String budget, String keyHash, long period) {}

    /** What the checksum of the first line builds on. */
    static final String START = "00000000";

    /** Longer than any line can be, in bytes. */
    static final int MAX_BYTES = 512;

    private static final String HEADER = "modelgate-ledger 1";
    private static final String CLOSED = "closed";
    private static final Pattern KEY_HASH = Pattern.compile("[!-~]{1,128}");
    private static final Pattern AMOUNT = Pattern.compile(
            "(mark|exact) ([A-Za-z0-9][A-Za-z0-9._-]{0,99}) ([!-~]{1,128}) (0|-?[1-9][0-9]{0,17}) (0|[1-9][0-9]{0,14})");

    static void check(String budget, String keyHash, long amount) {
        Names.name("budget", budget);
        if (!KEY_HASH.matcher(keyHash).matches()) {
            throw new IllegalArgumentException(
                    "keyHash is " + Names.quote(keyHash) + ": expected 1 to 128 visible ASCII characters");
        }
        Amounts.range("amount", amount, 0, Amounts.MAX_HELD);
    }

    static LedgerLine header() {
        return new LedgerLine(Kind.HEADER, null, 0, checksum(START, HEADER));
    }

    static LedgerLine closed(String before) {
        return new LedgerLine(Kind.CLOSED, null, 0, checksum(before, CLOSED));
    }

    static LedgerLine amount(Kind kind, Mark mark, long amount, String before) {
        return new LedgerLine(kind, mark, amount, checksum(before, text(kind, mark, amount)));
    }

    /** The line with its newline. */
    byte[] bytes() {
        return (text(kind, mark, amount) + ' ' + checksum + '\n').getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The line that bytes without their newline are; null if they are none that may stand after {@code before}. */
    static @Nullable LedgerLine parse(byte[] bytes, int length, String before) {
        int text = length - START.length() - 1;
        if (text < 1 || bytes[text] != ' ') {
            return null;
        }
        String content = new String(bytes, 0, text, StandardCharsets.ISO_8859_1);
        String checksum = new String(bytes, text + 1, START.length(), StandardCharsets.ISO_8859_1);
        if (!checksum.equals(checksum(before, content))) {
            return null;
        }
        if (content.equals(HEADER)) {
            return new LedgerLine(Kind.HEADER, null, 0, checksum);
        }
        if (content.equals(CLOSED)) {
            return new LedgerLine(Kind.CLOSED, null, 0, checksum);
        }
        Matcher matcher = AMOUNT.matcher(content);
        if (!matcher.matches()) {
            return null;
        }
        Kind kind = matcher.group(1).equals("mark") ? Kind.MARK : Kind.EXACT;
        Mark mark = new Mark(matcher.group(2), matcher.group(3), Long.parseLong(matcher.group(4)));
        long amount = Long.parseLong(matcher.group(5));
        return amount > Amounts.MAX_HELD ? null : new LedgerLine(kind, mark, amount, checksum);
    }

    private static String text(Kind kind, @Nullable Mark mark, long amount) {
        if (mark == null) {
            return kind == Kind.HEADER ? HEADER : CLOSED;
        }
        return (kind == Kind.MARK ? "mark " : "exact ")
                + mark.budget()
                + ' '
                + mark.keyHash()
                + ' '
                + mark.period()
                + ' '
                + amount;
    }

    static String checksum(String before, String content) {
        CRC32 crc = new CRC32();
        crc.update((before + ' ' + content).getBytes(StandardCharsets.ISO_8859_1));
        String hex = Long.toHexString(crc.getValue());
        return START.substring(hex.length()) + hex;
    }
}
