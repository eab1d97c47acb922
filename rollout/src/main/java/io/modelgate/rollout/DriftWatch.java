package io.modelgate.rollout;

import io.modelgate.Bins;
import io.modelgate.Metric;
import io.modelgate.ModelGate;
import io.modelgate.rollout.Guardrail.Worse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Compares stable's present answers on one gate with their frozen reference. Not thread-safe.
 *
 * <p>The reference has half of each metric's α for its own sampling error, which all processes share, and their present the other half, by
 * parts: a part ends after {@value #VALUES} callers, but not within an hour, or after a day, so that a change is found by what came after it and
 * not drowned in what came before. A part takes the α of the hour of the reference's life in which it began, so that who restarts, in another
 * hour, does not take again what was taken before.
 *
 * <p>How long a part has lasted the ticker says. The clock names its hour, and may have been wrong: an hour that has been taken is not taken
 * again, and a part that began before what the clock says now is given up after an hour, for the clock had been ahead.
 *
 * <p>While a rollout picks stable's callers by lists or segments they are others than the reference's, and nothing is compared. What is compared
 * after it is a part of its own, in an hour of its own.
 */
final class DriftWatch {

    private static final long VALUES = 50_000;
    private static final long HOURS = Duration.ofDays(1).toHours();
    private static final long LEAST = Duration.ofHours(1).toNanos();
    private static final long MOST = Duration.ofDays(1).toNanos();

    /** What was answered while a rollout picked callers is heard by then. */
    private static final long HEARD = Duration.ofMinutes(1).toNanos();

    private final Reference reference;
    private final StableTally<?> tally;
    private final List<Each> metrics = new ArrayList<>();

    /** Hours of the reference's life, from 0, whose α parts have had. */
    private final Set<Long> taken = new HashSet<>();

    /** That of the present part. */
    private long hour;

    /** When the present part began, in ticks. */
    private long began;

    /** The same by the clock. */
    private Instant beganAt;

    /** Why nothing is compared, or null. */
    private @Nullable String suspended;

    /** When that was last so, in ticks. */
    private long picked;

    /** One metric, and when it was reported. */
    private static final class Each {
        final Reference.Frozen frozen;
        final int metric;
        boolean drifted;
        long reported;
        int reports;
        long present;
        Interval distance = new Interval(0, 1);

        Each(Reference.Frozen frozen, int metric) {
            this.frozen = frozen;
            this.metric = metric;
        }
    }

    /** A report that is due. */
    record Report(String metric, long reference, Band distance, boolean escalated) {}

    /** Its first part begins, now in ticks and at that by the clock. */
    DriftWatch(ModelGate<?, ?> gate, Reference reference, long now, Instant at) {
        this.reference = reference;
        began = now;
        beganAt = at;
        hour = hour(at);
        taken.add(hour);
        List<? extends Metric<?>> known = gate.metrics();
        for (Reference.Frozen frozen : reference.metrics()) {
            for (int i = 0; i < known.size(); i++) {
                if (frozen.of(known.get(i))) {
                    metrics.add(new Each(frozen, i));
                }
            }
        }
        tally = StableTally.of(gate, reference.version());
    }

    boolean of(Reference another) {
        return reference
                .entry()
                .decision()
                .id()
                .equals(another.entry().decision().id());
    }

    /** An hour of the reference's life; a clock that is behind is in its first. */
    private long hour(Instant at) {
        return Math.max(
                0, Duration.between(reference.entry().decision().at(), at).toHours());
    }

    /** The part of α of what begins in an hour: each day has one, and its hours share that evenly, so that all there will ever be are 1. */
    static double part(long hour) {
        return Epochs.part(1 + hour / HOURS) / HOURS;
    }

    /**
     * Looks once; what is to be reported now.
     *
     * @param now in ticks
     * @param at the same by the clock
     * @param picks why stable's callers are not those that it has by itself, or null
     */
    List<Report> look(long now, Instant at, @Nullable String picks) {
        boolean compares = compares(now, at, picks);
        List<Report> due = new ArrayList<>();
        for (Each each : metrics) {
            if (compares) {
                compare(each);
            }
            boolean again = each.reports == 1
                    && now - each.reported >= reference.drift().escalation().toNanos();
            if (each.drifted && (each.reports == 0 || again)) {
                each.reports++;
                each.reported = now;
                due.add(new Report(each.frozen.name(), each.frozen.bins().count(), band(each), each.reports == 2));
            }
        }
        if (compares) {
            endPart(now, at);
        }
        return due;
    }

    /** An hour has its α once: what a rollout has interrupted is not taken up again within the hour in which it began. */
    private boolean compares(long now, Instant at, @Nullable String picks) {
        if (picks != null) {
            suspended = picks;
            picked = now;
        } else if (suspended != null && now - picked >= HEARD && (hour(at) > hour || now - began >= LEAST)) {
            suspended = null;
            begin(now, at);
        }
        return suspended == null;
    }

    private void begin(long now, Instant at) {
        began = now;
        beganAt = at;
        hour = hour(at);
        while (!taken.add(hour)) {
            hour++;
        }
        tally.clear();
    }

    private void compare(Each each) {
        Bins bins = tally.bins(each.metric);
        double alpha = reference.drift().alpha() / reference.metrics().size() / 2;
        double seen = Distance.seen(each.frozen.bins(), bins);
        double radii = Distance.radius(each.frozen.bins().count(), alpha)
                + Distance.radius(bins.count(), alpha / reference.drift().processes() * part(hour));
        each.distance = new Interval(Math.max(seen - radii, 0), Math.min(seen + radii, 1));
        each.present = bins.count();
        each.drifted |= each.distance.low() > reference.drift().points();
    }

    private void endPart(long now, Instant at) {
        long lasted = now - began;
        long most = metrics.stream().mapToLong(each -> each.present).max().orElse(0);
        if (lasted >= MOST || (lasted >= LEAST && (most >= VALUES || at.isBefore(beganAt)))) {
            begin(now, at);
        }
    }

    private Band band(Each each) {
        return new Band(
                        "distance of the distributions of " + each.frozen.name() + ", from the reference",
                        Band.Unit.NUMBER,
                        each.distance.low(),
                        each.distance.high(),
                        reference.drift().points(),
                        Worse.HIGHER)
                .agreeing(
                        each.drifted
                                ? Finding.REGRESSED
                                : each.distance.high() < reference.drift().points()
                                        ? Finding.NOT_WORSE
                                        : Finding.INCONCLUSIVE);
    }

    List<DriftStatus> status() {
        Instant frozen = reference.entry().decision().at();
        return metrics.stream()
                .map(each -> new DriftStatus(
                        reference.version(),
                        each.frozen.name(),
                        frozen,
                        reference.entry().decision().actor(),
                        each.frozen.bins().count(),
                        each.present,
                        band(each),
                        suspended,
                        each.drifted))
                .toList();
    }

    /** Why nothing is compared at present, or null. */
    @Nullable
    String suspended() {
        return suspended;
    }

    /** Metrics of the reference that this process does not have, or reads in another range. */
    List<String> missing() {
        return reference.metrics().stream()
                .map(Reference.Frozen::name)
                .filter(name ->
                        metrics.stream().noneMatch(each -> each.frozen.name().equals(name)))
                .toList();
    }

    void close() {
        tally.close();
    }
}
