package io.modelgate.control;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Writes an entry as one line; {@code docs/control-log.md} describes the format. */
final class LineWriter {

    static final int VERSION = 1;

    /** A longer line is refused on both sides, so that a damaged file cannot ask for unbounded memory. */
    static final int MAX_BYTES = 16 << 20;

    private static final DateTimeFormatter AT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private LineWriter() {}

    /** Writes the entry that a decision becomes at a place of the chain, newline included. */
    static Entry write(long seq, Decision decision, String previousHash, ByteArrayOutputStream out) {
        StringBuilder line = new StringBuilder(512);
        line.append("{\"v\":").append(VERSION).append(",\"seq\":").append(seq);
        string(line.append(",\"id\":"), decision.id());
        line.append(",\"at\":\"").append(AT.format(decision.at())).append('"');
        string(line.append(",\"type\":"), decision.type());
        line.append(",\"critical\":").append(decision.critical());
        string(line.append(",\"gate\":"), decision.gate());
        string(line.append(",\"actor\":"), decision.actor());
        string(line.append(",\"auth\":"), decision.authentication());
        string(line.append(",\"reason\":"), decision.reason());
        value(line.append(",\"data\":"), decision.data());
        string(line.append(",\"prev\":"), previousHash);

        byte[] hashed = line.toString().getBytes(StandardCharsets.UTF_8);
        String hash = HexFormat.of().formatHex(sha256().digest(hashed));
        byte[] end = (",\"hash\":\"" + hash + "\"}\n").getBytes(StandardCharsets.US_ASCII);
        if (hashed.length + end.length > MAX_BYTES) {
            throw new IllegalArgumentException("decision " + decision.id() + " takes " + (hashed.length + end.length)
                    + " bytes in the log: expected at most " + MAX_BYTES);
        }
        out.writeBytes(hashed);
        out.writeBytes(end);
        return new Entry(seq, decision, previousHash, hash);
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
        line.append('"');
        for (int i = 0; i < text.length(); i++) {
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

    private static void escape(StringBuilder line, char c) {
        line.append("\\u").append(HexFormat.of().toHexDigits(c));
    }
}
