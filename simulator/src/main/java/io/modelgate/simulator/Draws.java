package io.modelgate.simulator;

import java.util.HashMap;
import java.util.Map;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.DiscreteSampler;
import org.apache.commons.rng.sampling.distribution.PoissonSampler;
import org.apache.commons.rng.simple.RandomSource;

/** The chance of one run: the same seed and run draw the same numbers, whatever else is drawn on other threads. Not thread-safe. */
final class Draws {

    /** As many means of a Poisson distribution are kept ready: a run meets few, but a recording has one an interval. */
    private static final int KEPT = 256;

    private static final long GOLDEN = 0x9e3779b97f4a7c15L;

    private final UniformRandomProvider random;
    private final Map<Double, DiscreteSampler> poissons = new HashMap<>();

    Draws(long seed, long run) {
        random = RandomSource.L64_X128_MIX.create(new long[] {seed, run, seed ^ GOLDEN, run * GOLDEN + 1});
    }

    UniformRandomProvider random() {
        return random;
    }

    /** How many events happen where so many are expected. */
    long poisson(double mean) {
        if (mean <= 0) {
            return 0;
        }
        DiscreteSampler sampler = poissons.get(mean);
        if (sampler == null) {
            if (poissons.size() == KEPT) {
                poissons.clear();
            }
            sampler = PoissonSampler.of(random, mean);
            poissons.put(mean, sampler);
        }
        return sampler.sample();
    }

    /** How many of so many come out with chance p. Exact up to 64 of them, or where few are expected; a rounded normal beyond. */
    long binomial(long of, double p) {
        if (of <= 0 || p <= 0) {
            return 0;
        }
        if (p >= 1) {
            return of;
        }
        double mean = of * p;
        if (of <= 64) {
            long hits = 0;
            for (long i = 0; i < of; i++) {
                hits += random.nextDouble() < p ? 1 : 0;
            }
            return hits;
        }
        if (mean < 16) {
            return Math.min(of, rare(of, p));
        }
        if (of - mean < 16) {
            return of - Math.min(of, rare(of, 1 - p));
        }
        double drawn = mean + gauss() * Math.sqrt(mean * (1 - p));
        return Math.min(Math.max(Math.round(drawn), 0), of);
    }

    /** Skips from hit to hit by geometric gaps, which is exact. */
    private long rare(long of, double p) {
        double scale = Math.log1p(-p);
        long hits = 0;
        double at = Math.floor(Math.log(1 - random.nextDouble()) / scale) + 1;
        while (at <= of) {
            hits++;
            at += Math.floor(Math.log(1 - random.nextDouble()) / scale) + 1;
        }
        return hits;
    }

    /** A standard normal value. */
    double gauss() {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }
}
