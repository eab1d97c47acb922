package io.modelgate.redis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Lua script that Redis runs atomically; its reply is a list. Immutable. */
final class Script {

    private static final Pattern CALL = Pattern.compile("redis\\.p?call\\(\\s*['\"]([A-Za-z]+)['\"]");

    private final String name;
    private final byte[] text;
    private final String sha;

    private Script(String name, byte[] text) {
        this.name = name;
        this.text = text;
        try {
            sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime has no SHA-1, which every runtime must have", e);
        }
    }

    /** The script of the resource {@code NAME.lua} beside this class. */
    static Script load(String name) {
        try (InputStream in = Script.class.getResourceAsStream(name + ".lua")) {
            if (in == null) {
                throw new IllegalStateException("the jar has no script " + name);
            }
            return new Script(name, in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("the script " + name + " cannot be read from the jar", e);
        }
    }

    /** A script from its text. */
    static Script of(String name, String lua) {
        return new Script(name, lua.getBytes(StandardCharsets.UTF_8));
    }

    String name() {
        return name;
    }

    byte[] text() {
        return text.clone();
    }

    /** Under which Redis keeps it. */
    String sha() {
        return sha;
    }

    /** The command that a line of it runs, in lower case; lines count from 1. */
    Optional<String> command(int line) {
        String[] lines = new String(text, StandardCharsets.UTF_8).split("\n", -1);
        if (line < 1 || line > lines.length) {
            return Optional.empty();
        }
        Matcher call = CALL.matcher(lines[line - 1]);
        return call.find() ? Optional.of(call.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
    }
}
