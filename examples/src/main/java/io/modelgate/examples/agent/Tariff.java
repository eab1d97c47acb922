package io.modelgate.examples.agent;

import io.modelgate.budget.Prices;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;

/** The prices, read and reckoned with a second time, so that the bill is no copy of the ledger. Immutable. */
final class Tariff {

    private static final String FILE = "prices.properties";

    private final Properties file = new Properties();

    Tariff() {
        try (Reader reader = open()) {
            file.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The prices as the gate wants them. */
    static Prices prices() {
        try (Reader reader = open()) {
            return Prices.parse(FILE, reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Reader open() throws IOException {
        InputStream in = Tariff.class.getResourceAsStream(FILE);
        if (in == null) {
            throw new IOException(FILE + " is not beside " + Tariff.class);
        }
        return new InputStreamReader(in, StandardCharsets.UTF_8);
    }

    /** What a line costs, in micro-units: so many dollars a million tokens are as many micro-units a token. */
    long micros(Line line) {
        BigDecimal input = price(line, "input");
        BigDecimal cached = price(line, "cached-input");
        BigDecimal output = price(line, "output");
        BigDecimal reasoning = price(line, "reasoning");
        BigDecimal sum = line.end().byKind()
                ? times(line.input() - line.cached(), input)
                        .add(times(line.cached(), cached))
                        .add(times(line.output() - line.reasoning(), output))
                        .add(times(line.reasoning(), reasoning))
                : times(line.input(), input.max(cached)).add(times(line.output(), output.max(reasoning)));
        return sum.setScale(0, RoundingMode.CEILING).longValueExact();
    }

    /** What a bill comes to, in micro-units. */
    long micros(List<Line> bill) {
        return bill.stream().mapToLong(this::micros).sum();
    }

    private BigDecimal price(Line line, String kind) {
        return new BigDecimal(file.getProperty(line.model() + "." + kind));
    }

    private static BigDecimal times(long tokens, BigDecimal price) {
        return price.multiply(BigDecimal.valueOf(tokens));
    }
}
