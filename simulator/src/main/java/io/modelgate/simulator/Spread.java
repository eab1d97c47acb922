package io.modelgate.simulator;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** How the values of a latency or a metric are spread: 1,024 values of equal chance, one value, or two. Immutable. */
final class Spread {

    private static final int POINTS = 1024;

    private final double[] points;

    /** The chance of the second of two points; NaN where all points have the same. */
    private final double second;

    private Spread(double[] points, double second) {
        this.points = points;
        this.second = second;
    }

    private Spread(double[] points) {
        this(points, Double.NaN);
    }

    /** The spread with this quantile function, read in the middle of each of the 1,024 parts. */
    private static Spread of(DoubleUnaryOperator quantile) {
        double[] points = new double[POINTS];
        Arrays.setAll(points, i -> quantile.applyAsDouble((i + 0.5) / POINTS));
        return new Spread(points);
    }

    /** Always the same value. */
    static Spread constant(double value) {
        return new Spread(new double[] {value});
    }

    /** 1 with this chance, else 0. */
    static Spread either(double chance) {
        return new Spread(new double[] {0, 1}, chance);
    }

    /** Lognormal, by its median and its 99 % quantile. */
    static Spread lognormal(double median, double p99) {
        double sigma = Math.log(p99 / median) / Normal.quantile(0.99);
        return of(p -> median * Math.exp(sigma * Normal.quantile(p)));
    }

    /** Normal, cut off at both ends. */
    static Spread normal(double mean, double deviation, double least, double most) {
        return of(p -> Math.min(Math.max(mean + deviation * Normal.quantile(p), least), most));
    }

    /**
     * Through the given quantiles, straight on a logarithmic scale between them and level beyond.
     *
     * @param at rising, each above 0 and below 1
     * @param values above 0, never falling
     */
    static Spread quantiles(double[] at, double[] values) {
        return of(p -> {
            int i = 0;
            while (i < at.length && at[i] < p) {
                i++;
            }
            if (i == 0 || i == at.length) {
                return values[Math.min(i, at.length - 1)];
            }
            double part = (p - at[i - 1]) / (at[i] - at[i - 1]);
            return values[i - 1] * Math.pow(values[i] / values[i - 1], part);
        });
    }

    /** Hears of a value that some of the draws gave. */
    interface Sink {

        void value(double value, long times);
    }

    /** Draws so many values: one by one while they are few; else how many each point gets, so that the cost stays bounded. */
    void draw(long times, Draws draws, Sink sink) {
        if (points.length == 1) {
            sink.value(points[0], times);
        } else if (!Double.isNaN(second)) {
            long seconds = draws.binomial(times, second);
            sink.value(points[1], seconds);
            sink.value(points[0], times - seconds);
        } else if (times <= 4L * points.length) {
            for (long i = 0; i < times; i++) {
                sink.value(points[draws.random().nextInt(points.length)], 1);
            }
        } else {
            long left = times;
            for (int i = 0; i < points.length; i++) {
                long here = draws.binomial(left, 1.0 / (points.length - i));
                sink.value(points[i], here);
                left -= here;
            }
        }
    }

    /** Draws one value. */
    double one(Draws draws) {
        return Double.isNaN(second)
                ? points[points.length == 1 ? 0 : draws.random().nextInt(points.length)]
                : points[draws.random().nextDouble() < second ? 1 : 0];
    }

    /** The median, for where only the number of the calls matters. */
    double middle() {
        return points[points.length / 2];
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Spread that
                && Arrays.equals(points, that.points)
                && Double.compare(second, that.second) == 0;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(points);
    }
}
