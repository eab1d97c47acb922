package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Computes the hashes of a chain from {@code docs/control-log.md} alone, and from no code of the logs. */
final class Chains {

    private Chains() {}

    static void verify(List<Entry> entries, Head head) {
        String previous = "0".repeat(64);
        long seq = 0;
        for (Entry entry : entries) {
            assertThat(entry.seq()).isEqualTo(++seq);
            assertThat(entry.previousHash())
                    .as("previous hash of entry %d", seq)
                    .isEqualTo(previous);
            assertThat(entry.hash()).as("hash of entry %d", seq).isEqualTo(sha256(line(entry)));
            previous = entry.hash();
        }
        assertThat(head).isEqualTo(new Head(seq, previous));
    }

    /** The line up to its hash. */
    private static String line(Entry entry) {
        Decision decision = entry.decision();
        // Instant.toString leaves out milliseconds that are zero.
        String at = decision.at().plusNanos(1).toString().replaceFirst("000001Z$", "Z");
        return "{\"v\":1,\"seq\":" + entry.seq()
                + ",\"id\":" + json(decision.id())
                + ",\"at\":" + json(at)
                + ",\"type\":" + json(decision.type())
                + ",\"critical\":" + decision.critical()
                + ",\"gate\":" + json(decision.gate())
                + ",\"actor\":" + json(decision.actor())
                + ",\"auth\":" + json(decision.authentication())
                + ",\"reason\":" + json(decision.reason())
                + ",\"data\":" + json(decision.data())
                + ",\"prev\":" + json(entry.previousHash());
    }

    private static String json(Object value) {
        if (value instanceof String text) {
            return text.codePoints().mapToObj(Chains::character).collect(Collectors.joining("", "\"", "\""));
        }
        if (value instanceof List<?> list) {
            return list.stream().map(Chains::json).collect(Collectors.joining(",", "[", "]"));
        }
        if (value instanceof Map<?, ?> map) {
            return new TreeMap<Object, Object>(map)
                    .entrySet().stream()
                            .map(entry -> json(entry.getKey()) + ":" + json(entry.getValue()))
                            .collect(Collectors.joining(",", "{", "}"));
        }
        return String.valueOf(value);
    }

    private static String character(int codePoint) {
        if (codePoint == '"' || codePoint == '\\') {
            return "\\" + (char) codePoint;
        }
        boolean escaped = switch (Character.getType(codePoint)) {
            case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE ->
                true;
            default -> false;
        };
        return escaped ? String.format("\\u%04x", codePoint) : Character.toString(codePoint);
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            StringBuilder hex = new StringBuilder();
            for (byte b : digest) {
                hex.append(String.format("%02x", b));
            }
            return hex.toString();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
