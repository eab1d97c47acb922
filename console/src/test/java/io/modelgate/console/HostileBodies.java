package io.modelgate.console;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Bodies that an operation must not take: each is the right one with something wrong about it, so that whatever overlooks that does what the
 * operation does.
 */
final class HostileBodies {

    private static final List<String> NO_STRINGS = List.of(
            "0", "1", "-1", "1.5", "1e400", "true", "false", "[]", "{}", "[\"x\"]", "{\"x\":\"y\"}", "9".repeat(60));

    private static final List<String> NO_OBJECTS = List.of(
            "",
            " ",
            "null",
            "0",
            "true",
            "\"\"",
            "\"x\"",
            "[]",
            "[{}]",
            "[".repeat(10_000),
            "{\"a\":".repeat(5_000),
            "{",
            "}",
            "{]",
            "nul",
            "NaN",
            "Infinity",
            "-",
            "01",
            "1e",
            "'x'",
            "\u0000",
            "\u0000{}",
            "<x/>",
            "reason=x",
            "--",
            "{\"reason\"}",
            "{\"reason\":}",
            "{reason:\"x\"}",
            "{'reason':'x'}",
            "\"",
            "\"\\",
            "\"\\u",
            "\"\\uD800\"",
            "\ufeff{}",
            "/**/{}",
            "9".repeat(2_000));

    private final Random random;

    HostileBodies(long seed) {
        random = new Random(seed);
    }

    /** The right body. */
    static Map<String, String> right(Map<String, Boolean> fields) {
        Map<String, String> right = new LinkedHashMap<>();
        fields.forEach((name, required) -> {
            if (required) {
                right.put(name, name.equals("gate") ? "\"credit\"" : "\"fuzzed\"");
            }
        });
        return right;
    }

    /** Wrong ones. */
    List<byte[]> of(Map<String, Boolean> fields) {
        Map<String, String> right = right(fields);
        List<byte[]> bodies = new ArrayList<>();
        NO_OBJECTS.forEach(text -> bodies.add(utf8(text)));
        String text = json(right);
        for (int cut = 1; cut < text.length(); cut += 1 + random.nextInt(8)) {
            bodies.add(utf8(text.substring(0, cut)));
        }
        for (String after : List.of("}", "x", "{}", ",", "null", "\u0000", text)) {
            bodies.add(utf8(text + after));
        }
        bodies.add(text.getBytes(StandardCharsets.UTF_16));
        bodies.add(text.getBytes(StandardCharsets.UTF_16LE));
        bodies.add(utf8("\ufeff" + text));
        fields.forEach((name, required) -> {
            NO_STRINGS.forEach(value -> bodies.add(utf8(json(with(right, name, value)))));
            bodies.add(utf8(json(with(right, name, "\"" + "x".repeat(30_000) + "\""))));
            bodies.add(utf8(json(with(right, name, "\"" + "x".repeat(2_001) + "\""))));
            bodies.add(utf8(json(with(right, name, "\"a\\u0000b\""))));
            bodies.add(utf8(json(with(right, name, "\"a\\r\\nb: c\""))));
            bodies.add(utf8(json(with(right, name, "\"a\nb\""))));
            bodies.add(utf8(json(with(right, name, "\"\""))));
            bodies.add(utf8(text.substring(0, text.length() - 1) + ",\"" + name + "\":\"x\",\"" + name + "\":\"x\"}"));
            bodies.add(around(json(with(right, name, "\"a@b\"")), '@', new byte[] {(byte) 0xC0, (byte) 0xAF}));
            bodies.add(around(
                    json(with(right, name, "\"a@b\"")), '@', new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}));
            bodies.add(around(json(with(right, name, "\"a@b\"")), '@', new byte[] {(byte) 0xFF}));
            if (required) {
                bodies.add(utf8(json(with(right, name, "null"))));
                Map<String, String> without = new LinkedHashMap<>(right);
                without.remove(name);
                bodies.add(utf8(json(without)));
            }
        });
        for (String name : List.of(
                "actor",
                "role",
                "authentication",
                "at",
                "id",
                "kill",
                "Reason",
                "reason ",
                "__proto__",
                "@class",
                "")) {
            bodies.add(utf8(json(with(right, name, "\"mallory\""))));
            bodies.add(utf8(json(with(right, name, "null"))));
        }
        String deep = "[".repeat(1_000) + "]".repeat(1_000);
        bodies.add(utf8(json(with(right, "deep", deep))));
        bodies.add(utf8(text + " ".repeat(Request.MOST_BYTES)));
        for (int i = 0; i < 30; i++) {
            byte[] noise = new byte[1 + random.nextInt(300)];
            random.nextBytes(noise);
            noise[0] = (byte) 0x80; // no text of UTF-8 begins so
            bodies.add(noise);
        }
        return bodies;
    }

    private static Map<String, String> with(Map<String, String> right, String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(right);
        changed.put(name, value);
        return changed;
    }

    static String json(Map<String, String> fields) {
        List<String> members = new ArrayList<>();
        fields.forEach((name, value) -> members.add("\"" + name + "\":" + value));
        return "{" + String.join(",", members) + "}";
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] around(String text, char mark, byte[] between) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes(utf8(text.substring(0, text.indexOf(mark))));
        bytes.writeBytes(between);
        bytes.writeBytes(utf8(text.substring(text.indexOf(mark) + 1)));
        return bytes.toByteArray();
    }
}
