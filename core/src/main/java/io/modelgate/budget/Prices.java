package io.modelgate.budget;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The prices of models, read from a file as versioned data.
 *
 * <p>The file is a properties file in UTF-8; {@code docs/prices.md} describes it:
 *
 * <pre>
 * version = 2026-11-01
 * currency = USD
 * gpt-4o.input = 2.50
 * gpt-4o.cached-input = 1.25
 * gpt-4o.output = 10.00
 * </pre>
 *
 * <p>Immutable and thread-safe.
 */
public final class Prices {

    private final String version;
    private final String currency;
    private final SortedMap<String, Price> prices;

    Prices(String version, String currency, Map<String, Price> prices) {
        this.version = version;
        this.currency = currency;
        this.prices = Collections.unmodifiableSortedMap(new TreeMap<>(prices));
    }

    /**
     * Reads the prices from a file.
     *
     * @throws IllegalArgumentException if the file holds a mistake; the message lists all of them
     * @throws UncheckedIOException if the file cannot be read
     */
    public static Prices load(Path file) {
        try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            return PricesFile.read(file.toString(), reader);
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("prices file " + file + " is not UTF-8: save it as UTF-8", e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the prices file " + file + ": " + e, e);
        }
    }

    /**
     * Reads the prices from a reader, which stays open.
     *
     * @param source what the reader reads, for messages
     * @throws IllegalArgumentException if there is a mistake in what it reads; the message lists all of them
     * @throws UncheckedIOException if it cannot be read
     */
    public static Prices parse(String source, Reader reader) {
        try {
            return PricesFile.read(source, reader);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the prices file " + source + ": " + e, e);
        }
    }

    /** The price under a name; empty if the file has none. */
    public Optional<Price> price(String name) {
        return Optional.ofNullable(prices.get(name));
    }

    /** The names that have a price, in alphabetical order. */
    public SortedSet<String> names() {
        return Collections.unmodifiableSortedSet(new TreeSet<>(prices.keySet()));
    }

    /** The version of the file, as it says. */
    public String version() {
        return version;
    }

    /** The currency of all prices, three letters of ISO 4217. */
    public String currency() {
        return currency;
    }
}
