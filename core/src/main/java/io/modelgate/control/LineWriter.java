package io.modelgate.control;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Writes an entry as one line; {@code docs/control-log.md} describes the format. */
final class LineWriter {

    static final int VERSION = 1;

    /** A longer line is refused on both sides, so that a damaged file cannot ask for unbounded memory. */
    static final int MAX_BYTES = 16 << 20;

    private LineWriter() {}

    /** Writes the entry that a decision becomes at a place of the chain, newline included. */
    static Entry write(long seq, Decision decision, String previousHash, ByteArrayOutputStream out) {
        byte[] hashed = hashed(seq, decision, previousHash);
        String hash = HexFormat.of().formatHex(sha256().digest(hashed));
        byte[] end = end(hash);
        if (hashed.length + end.length + 1 > MAX_BYTES) {
            throw new IllegalArgumentException("decision " + decision.id() + " takes "
                    + (hashed.length + end.length + 1) + " bytes in the log: expected at most " + MAX_BYTES);
        }
        out.writeBytes(hashed);
        out.writeBytes(end);
        out.write('\n');
        return new Entry(seq, decision, previousHash, hash);
    }

    /** The line of an entry, without its newline. */
    static byte[] line(Entry entry) {
        byte[] hashed = hashed(entry.seq(), entry.decision(), entry.previousHash());
        byte[] end = end(entry.hash());
        byte[] line = Arrays.copyOf(hashed, hashed.length + end.length);
        System.arraycopy(end, 0, line, hashed.length, end.length);
        return line;
    }

    private static byte[] end(String hash) {
        return (",\"hash\":\"" + hash + "\"}").getBytes(StandardCharsets.US_ASCII);
    }

    /** The part of a line that its hash is over. */
    static byte[] hashed(long seq, Decision decision, String previousHash) {
        StringBuilder line = new StringBuilder(512);
        line.append("{\"v\":").append(VERSION).append(",\"seq\":").append(seq);
        string(line.append(",\"id\":"), decision.id());
        time(line.append(",\"at\":\""), decision.at()).append('"');
        string(line.append(",\"type\":"), decision.type());
        line.append(",\"critical\":").append(decision.critical());
        string(line.append(",\"gate\":"), decision.gate());
        string(line.append(",\"actor\":"), decision.actor());
        string(line.append(",\"auth\":"), decision.authentication());
        string(line.append(",\"reason\":"), decision.reason());
        value(line.append(",\"data\":"), decision.data());
        string(line.append(",\"prev\":"), previousHash);
        return line.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** As {@code 2026-11-21T03:00:00.123Z}; a formatter takes longer than all the rest. */
    private static StringBuilder time(StringBuilder line, Instant at) {
        LocalDateTime time = LocalDateTime.ofEpochSecond(at.getEpochSecond(), 0, ZoneOffset.UTC);
        digits(line, time.getYear(), 4).append('-');
        digits(line, time.getMonthValue(), 2).append('-');
        digits(line, time.getDayOfMonth(), 2).append('T');
        digits(line, time.getHour(), 2).append(':');
        digits(line, time.getMinute(), 2).append(':');
        digits(line, time.getSecond(), 2).append('.');
        return digits(line, at.getNano() / 1_000_000, 3).append('Z');
    }

    /** Appends a number with this many digits, zeros in front. */
    private static StringBuilder digits(StringBuilder line, int number, int count) {
        if (count > 1) {
            digits(line, number / 10, count - 1);
        }
        return line.append((char) ('0' + number % 10));
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-256, which every runtime must have", e);
        }
    }

    /** Quotes a value for an error message, cut to a readable length. */
    static String quote(String value) {
        StringBuilder quoted = new StringBuilder();
        string(quoted, value.length() > 100 ? value.substring(0, 100) + "…" : value);
        return quoted.toString();
    }

    static void value(StringBuilder line, Object value) {
        if (value instanceof String text) {
            string(line, text);
        } else if (value instanceof List<?> list) {
            String separator = "[";
            for (Object element : list) {
                value(line.append(separator), element);
                separator = ",";
            }
            line.append(list.isEmpty() ? "[]" : "]");
        } else if (value instanceof Map<?, ?> map) {
            String separator = "{";
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                string(line.append(separator), (String) entry.getKey());
                value(line.append(':'), entry.getValue());
                separator = ",";
            }
            line.append(map.isEmpty() ? "{}" : "}");
        } else {
            line.append(value);
        }
    }

    /**
     * Escapes, beyond what JSON asks for, everything that a terminal or a line splitter would act on, and surrogates without
     * their other half, which UTF-8 cannot hold.
     */
    private static void string(StringBuilder line, String text) {
        int plain = plain(text);
        line.append('"').append(text, 0, plain);
        for (int i = plain; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (Character.isSurrogate(c)) {
                if (Character.isHighSurrogate(c)
                        && i + 1 < text.length()
                        && Character.isLowSurrogate(text.charAt(i + 1))) {
                    line.append(c).append(text.charAt(++i));
                } else {
                    escape(line, c);
                }
            } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                escape(line, c);
            } else {
                line.append(c);
            }
        }
        line.append('"');
    }

    /** How many characters there are before the first that may have to be escaped: all of them, as a rule. */
    private static int plain(String text) {
        int length = text.length();
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (c < ' ' || c > '~' || c == '"' || c == '\\') {
                return i;
            }
        }
        return length;
    }

    private static void escape(StringBuilder line, char c) {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
    }
}
