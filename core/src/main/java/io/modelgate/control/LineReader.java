package io.modelgate.control;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads a line back, strictly: the keys that {@link LineWriter} writes, in its order, and a hash that fits. Not thread-safe.
 */
final class LineReader {

    private static final byte[] VERSION = JsonCursor.ascii("{\"v\":");
    private static final byte[] SEQ = JsonCursor.ascii(",\"seq\":");
    private static final byte[] ID = JsonCursor.ascii(",\"id\":");
    private static final byte[] AT = JsonCursor.ascii(",\"at\":");
    private static final byte[] TYPE = JsonCursor.ascii(",\"type\":");
    private static final byte[] CRITICAL = JsonCursor.ascii(",\"critical\":");
    private static final byte[] GATE = JsonCursor.ascii(",\"gate\":");
    private static final byte[] ACTOR = JsonCursor.ascii(",\"actor\":");
    private static final byte[] AUTH = JsonCursor.ascii(",\"auth\":");
    private static final byte[] REASON = JsonCursor.ascii(",\"reason\":");
    private static final byte[] DATA = JsonCursor.ascii(",\"data\":");
    private static final byte[] PREV = JsonCursor.ascii(",\"prev\":");
    private static final byte[] HASH = JsonCursor.ascii(",\"hash\":\"");
    private static final byte[] CLOSE = JsonCursor.ascii("\"}");
    private static final int HEX = 64;
    private static final Pattern HASH_FORM = Pattern.compile("[0-9a-f]{64}");

    /** The digits of the largest sequence number. */
    private static final int MOST_DIGITS = 19;

    private final MessageDigest sha256 = LineWriter.sha256();

    /** Reads one line that may stand at any place of a chain, and is byte for byte what its entry is written as. */
    Entry parse(byte[] line) {
        if (line.length >= LineWriter.MAX_BYTES) {
            throw new IllegalArgumentException("not a line of a control log: it has " + line.length
                    + " bytes; expected less than " + LineWriter.MAX_BYTES);
        }
        try {
            Entry entry = read(line, 0, line.length, seq(line), null);
            if (entry.seq() < 1 || !HASH_FORM.matcher(entry.previousHash()).matches()) {
                throw new IllegalArgumentException("not a line of a control log: its sequence number is " + entry.seq()
                        + " and its previous hash " + LineWriter.quote(entry.previousHash())
                        + "; expected 1 or more, and 64 hexadecimal digits");
            }
            // Written any other way it would get another hash from whoever writes it on.
            byte[] written = LineWriter.hashed(entry.seq(), entry.decision(), entry.previousHash());
            if (!Arrays.equals(written, 0, written.length, line, 0, hashedEnd(line.length))) {
                throw new IllegalArgumentException(
                        "not a line of a control log: it says what one may say, but is not written as one is");
            }
            return entry;
        } catch (BadLineException e) {
            throw new IllegalArgumentException("not a line of a control log: " + e.getMessage(), e);
        }
    }

    /** The sequence number that a line says it has; 0, which no line has, if it says none. */
    private static long seq(byte[] line) {
        int from = VERSION.length + 1 + SEQ.length;
        int to = from;
        while (to < line.length && to - from < MOST_DIGITS && line[to] >= '0' && line[to] <= '9') {
            to++;
        }
        try {
            return to == from ? 0 : Long.parseLong(new String(line, from, to - from, StandardCharsets.US_ASCII));
        } catch (NumberFormatException tooLarge) {
            return 0;
        }
    }

    /** Where the part of a line ends that its hash is over. */
    private static int hashedEnd(int to) {
        return to - HASH.length - HEX - CLOSE.length;
    }

    /**
     * Reads one line, given without its newline.
     *
     * @param previousHash the hash of the line before; null accepts any
     */
    Entry read(byte[] bytes, int from, int to, long seq, @Nullable String previousHash) throws BadLineException {
        JsonCursor line = new JsonCursor(seq, bytes, from, to);
        version(line);
        int hashed = hashedEnd(to);
        String hash = hash(line, bytes, from, hashed, to);
        line.end(hashed);

        long number = line.expect(SEQ).number();
        if (number != seq) {
            throw line.bad("it has sequence number " + number + " where " + seq
                    + " is due: lines were removed, added or moved");
        }
        String id = line.expect(ID).string();
        String at = line.expect(AT).string();
        String type = line.expect(TYPE).string();
        boolean critical = line.expect(CRITICAL).bool();
        String gate = line.expect(GATE).string();
        String actor = line.expect(ACTOR).string();
        String auth = line.expect(AUTH).string();
        String reason = line.expect(REASON).string();
        Map<String, Object> data = line.expect(DATA).map(1);
        String previous = line.expect(PREV).string();
        if (!line.ended()) {
            throw line.bad("its hash does not follow its previous hash");
        }
        if (previousHash != null && !previous.equals(previousHash)) {
            throw line.bad(
                    "its previous hash is not the hash of the line before: lines were changed, or two logs were mixed");
        }
        try {
            Decision decision = new Decision(id, time(at), type, critical, gate, actor, auth, reason, data);
            return new Entry(seq, decision, previousHash == null ? previous : previousHash, hash);
        } catch (IllegalArgumentException | DateTimeException e) {
            throw line.bad(String.valueOf(e.getMessage()));
        }
    }

    private static void version(JsonCursor line) throws BadLineException {
        long version = line.expect(VERSION).number();
        if (version != LineWriter.VERSION) {
            throw line.bad("it has format version " + version + ", and this release reads version " + LineWriter.VERSION
                    + ": use the release that wrote it or a later one");
        }
    }

    private String hash(JsonCursor line, byte[] bytes, int from, int hashed, int to) throws BadLineException {
        int digits = hashed + HASH.length;
        if (hashed < from
                || !Arrays.equals(bytes, hashed, digits, HASH, 0, HASH.length)
                || !Arrays.equals(bytes, digits + HEX, to, CLOSE, 0, CLOSE.length)) {
            throw line.bad("it does not end with its hash");
        }
        sha256.update(bytes, from, hashed - from);
        String computed = HexFormat.of().formatHex(sha256.digest());
        if (!computed.equals(new String(bytes, digits, HEX, StandardCharsets.ISO_8859_1))) {
            throw line.bad("its hash does not match its content: the line was changed");
        }
        return computed;
    }

    /** Reads {@code 2026-11-21T03:00:00.123Z}, its only form; {@link Instant#parse} takes longer than all the rest. */
    private static Instant time(String text) {
        if (text.length() != 24
                || text.charAt(4) != '-'
                || text.charAt(7) != '-'
                || text.charAt(10) != 'T'
                || text.charAt(13) != ':'
                || text.charAt(16) != ':'
                || text.charAt(19) != '.'
                || text.charAt(23) != 'Z') {
            throw new DateTimeException(
                    "at is " + LineWriter.quote(text) + ": expected the form 2026-11-21T03:00:00.123Z");
        }
        LocalDate date = LocalDate.of(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
        LocalTime time = LocalTime.of(
                digits(text, 11, 13), digits(text, 14, 16), digits(text, 17, 19), digits(text, 20, 23) * 1_000_000);
        return LocalDateTime.of(date, time).toInstant(ZoneOffset.UTC);
    }

    private static int digits(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) {
                throw new DateTimeException("at is " + LineWriter.quote(text) + ": expected a digit at " + i);
            }
            number = number * 10 + digit;
        }
        return number;
    }
}
