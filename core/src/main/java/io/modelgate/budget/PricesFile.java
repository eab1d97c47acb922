package io.modelgate.budget;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads a file of prices and collects its mistakes, so that one start shows all of them. */
final class PricesFile {

    private static final String VERSION = "version";
    private static final String CURRENCY = "currency";
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_VERSION = 100;

    /** More of them say nothing new: it is the wrong file. */
    private static final int MAX_SHOWN = 100;

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._/:@+-]{0,199}");

    private enum RefusalKind {
        INPUT("input"),
        CACHED_INPUT("cached-input"),
        OUTPUT("output"),
        REASONING("reasoning");

        private final String key;

        RefusalKind(String key) {
            this.key = key;
        }

        static @Nullable RefusalKind of(String key) {
            return Arrays.stream(values())
                    .filter(kind -> kind.key.equals(key))
                    .findAny()
                    .orElse(null);
        }
    }

    /** Remembers the keys that stand twice, of which {@link Properties} would keep the last without a word. */
    private static final class Lines extends Properties {

        private static final long serialVersionUID = 1L;

        private final transient Set<String> twice = new LinkedHashSet<>();

        @Override
        public synchronized @Nullable Object put(Object key, Object value) {
            Object before = super.put(key, value);
            if (before != null) {
                twice.add((String) key);
            }
            return before;
        }
    }

    private final List<String> mistakes = new ArrayList<>();
    private final Map<String, EnumMap<RefusalKind, Long>> amounts = new TreeMap<>();
    /** Kinds that have a value, be it a wrong one: they are not missing as well. */
    private final Map<String, Set<RefusalKind>> present = new TreeMap<>();

    private PricesFile() {}

    static Prices read(String source, Reader reader) throws IOException {
        PricesFile file = new PricesFile();
        String text = text(source, reader);
        Lines lines = new Lines();
        try {
            lines.load(new StringReader(text));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "prices file " + source + ": a \\u escape is not followed by four hexadecimal digits; correct it",
                    e);
        }
        Prices prices = file.prices(lines);
        if (prices == null) {
            throw new IllegalArgumentException("prices file " + source + " has "
                    + (file.mistakes.size() == 1 ? "a mistake" : file.mistakes.size() + " mistakes") + ":\n  "
                    + String.join("\n  ", file.mistakes.subList(0, Math.min(MAX_SHOWN, file.mistakes.size())))
                    + (file.mistakes.size() > MAX_SHOWN ? "\n  …" : ""));
        }
        return prices;
    }

    private static String text(String source, Reader reader) throws IOException {
        StringBuilder text = new StringBuilder();
        char[] buffer = new char[8192];
        for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
            text.append(buffer, 0, n);
            if (text.length() > MAX_CHARACTERS) {
                throw new IllegalArgumentException("prices file " + source + " is larger than " + MAX_CHARACTERS
                        + " characters: is it the right file?");
            }
        }
        boolean marked = text.length() > 0 && text.charAt(0) == '\uFEFF'; // editors put a byte order mark there
        return marked ? text.substring(1) : text.toString();
    }

    private @Nullable Prices prices(Lines lines) {
        for (String key : lines.twice) {
            mistakes.add("key " + Names.quote(key) + " stands twice: remove one of the lines");
        }
        String version = version(lines);
        String currency = currency(lines);
        for (String key : new TreeSet<>(lines.stringPropertyNames())) {
            if (!key.equals(VERSION) && !key.equals(CURRENCY)) {
                amount(key, lines.getProperty(key, "").strip());
            }
        }
        if (present.isEmpty()) {
            mistakes.add("no price: add NAME.input and NAME.output");
        }
        missing();
        if (version == null || currency == null || !mistakes.isEmpty()) {
            return null;
        }
        Map<String, Price> prices = new TreeMap<>();
        amounts.forEach((name, of) -> prices.put(name, price(of)));
        return new Prices(version, currency, prices);
    }

    private @Nullable String version(Lines lines) {
        String version = lines.getProperty(VERSION, "").strip();
        if (version.isEmpty()) {
            mistakes.add(
                    "key \"version\" is missing: add for instance \"version = 2026-11-01\", and change it with the prices");
            return null;
        }
        if (version.length() > MAX_VERSION || version.chars().anyMatch(Character::isISOControl)) {
            mistakes.add("key \"version\" is " + Names.quote(version) + ": expected at most " + MAX_VERSION
                    + " characters, none of them a control character");
            return null;
        }
        return version;
    }

    private @Nullable String currency(Lines lines) {
        String currency = lines.getProperty(CURRENCY, "").strip();
        if (currency.isEmpty()) {
            mistakes.add("key \"currency\" is missing: add for instance \"currency = USD\"");
            return null;
        }
        if (!Money.isCurrency(currency)) {
            mistakes.add("key \"currency\" is " + Names.quote(currency)
                    + ": expected the three capital letters of a currency of ISO 4217, for instance USD");
            return null;
        }
        return currency;
    }

    private void amount(String key, String value) {
        int dot = key.lastIndexOf('.');
        String name = key.substring(0, Math.max(dot, 0));
        RefusalKind kind = RefusalKind.of(key.substring(dot + 1));
        if (dot < 0 || kind == null) {
            mistakes.add(
                    "key " + Names.quote(key)
                            + " is unknown: expected version, currency, or NAME.input, NAME.cached-input, NAME.output or NAME.reasoning; a key ends at its first blank, '=' or ':', unless '\\' stands before that");
            return;
        }
        if (!NAME.matcher(name).matches()) {
            mistakes.add(
                    "key " + Names.quote(key) + " has the name " + Names.quote(name)
                            + ": expected 1 to 200 letters, digits, '.', '_', '-', '/', ':', '@' or '+', starting with a letter or digit");
            return;
        }
        present.computeIfAbsent(name, n -> new LinkedHashSet<>()).add(kind);
        try {
            long micros = Amounts.micros(value);
            if (micros > Amounts.MAX) {
                mistakes.add(wrong(key, value) + "expected at most " + Amounts.decimal(Amounts.MAX));
            } else {
                amounts.computeIfAbsent(name, n -> new EnumMap<>(RefusalKind.class))
                        .put(kind, micros);
            }
        } catch (IllegalArgumentException e) {
            mistakes.add(wrong(key, value) + e.getMessage());
        }
    }

    private static String wrong(String key, String value) {
        return "key " + Names.quote(key) + " is " + Names.quote(value) + ": ";
    }

    private void missing() {
        present.forEach((name, kinds) -> {
            for (RefusalKind needed : List.of(RefusalKind.INPUT, RefusalKind.OUTPUT)) {
                if (!kinds.contains(needed)) {
                    mistakes.add("key " + Names.quote(name + '.' + needed.key)
                            + " is missing: add the price of a million tokens, 0 if they are free");
                }
            }
        });
    }

    private static Price price(EnumMap<RefusalKind, Long> of) {
        long input = of.getOrDefault(RefusalKind.INPUT, 0L);
        long output = of.getOrDefault(RefusalKind.OUTPUT, 0L);
        return new Price(
                input,
                of.getOrDefault(RefusalKind.CACHED_INPUT, input),
                output,
                of.getOrDefault(RefusalKind.REASONING, output));
    }
}
