package io.modelgate.console;

import io.modelgate.Ticker;
import io.modelgate.rollout.Evidence;
import io.modelgate.rollout.RolloutStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the bands of the guardrails of the latest rollout of each gate came to be: one sample every two seconds, and when there are 300 of them
 * every second one is forgotten and they are taken half as often. Thread-safe.
 */
final class BandSamples {

    static final int MOST = 300;

    private static final long LEAST_APART = Duration.ofSeconds(2).toNanos();

    private final Ticker ticker;
    private final Map<String, OfRollout> byGate = new LinkedHashMap<>();
    private boolean looked;
    private long lastLook;

    BandSamples(Ticker ticker) {
        this.ticker = ticker;
    }

    /** A band as it was. */
    record Sample(String at, double low, double high, double limit) {}

    private static final class OfRollout {
        final String rollout;
        final Map<String, List<Sample>> byGuardrail = new LinkedHashMap<>();
        long apart = LEAST_APART;
        long last;
        boolean any;

        OfRollout(String rollout) {
            this.rollout = rollout;
        }
    }

    /** Whether it is time for any sample; says so once. */
    synchronized boolean due() {
        long now = ticker.read();
        if (looked && now - lastLook < LEAST_APART) {
            return false;
        }
        looked = true;
        lastLook = now;
        return true;
    }

    /** Takes a sample of each guardrail, if it is time. */
    synchronized void add(RolloutStatus status, String at) {
        OfRollout samples = byGate.get(status.gate());
        if (samples == null || !samples.rollout.equals(status.rollout())) {
            samples = new OfRollout(status.rollout());
            byGate.put(status.gate(), samples);
        }
        long now = ticker.read();
        if (samples.any && now - samples.last < samples.apart) {
            return;
        }
        boolean full = false;
        for (Evidence each : status.evidence()) {
            Sample sample = each.band()
                    .map(band -> new Sample(at, band.low(), band.high(), band.limit()))
                    .orElse(null);
            full |= sample != null && added(samples, each.guardrail(), sample);
        }
        samples.any = true;
        samples.last = now;
        if (full) {
            samples.byGuardrail.values().forEach(BandSamples::thin);
            samples.apart *= 2;
        }
    }

    private static boolean added(OfRollout samples, String guardrail, Sample sample) {
        List<Sample> taken = samples.byGuardrail.computeIfAbsent(guardrail, name -> new ArrayList<>());
        taken.add(sample);
        return taken.size() >= MOST;
    }

    /** Keeps every second one, the first and the last among them. */
    private static void thin(List<Sample> taken) {
        List<Sample> kept = new ArrayList<>();
        for (int i = 0; i < taken.size(); i++) {
            if (i % 2 == 0 || i == taken.size() - 1) {
                kept.add(taken.get(i));
            }
        }
        taken.clear();
        taken.addAll(kept);
    }

    /** The samples of a guardrail, the earliest first. */
    synchronized List<Sample> of(RolloutStatus status, String guardrail) {
        @Nullable OfRollout samples = byGate.get(status.gate());
        return samples == null || !samples.rollout.equals(status.rollout())
                ? List.of()
                : List.copyOf(samples.byGuardrail.getOrDefault(guardrail, List.of()));
    }
}
