package io.modelgate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Takes the labels that one gate is given, each once, and joins them to the versions that they are about. Thread-safe. */
final class GateFeedback {

    /** How far the clocks of two processes may be apart. An id from further ahead was made by a clock that cannot be believed. */
    private static final Duration APART = Duration.ofHours(1);

    private final String gate;
    private final List<Label> labels;
    private final OutcomeIds ids;
    private final Gates gates;
    private final Duration within;
    private final FeedbackCounts counts;

    GateFeedback(String gate, List<Label> labels, OutcomeIds ids, Gates gates, Consumer<FeedbackCounts.Key> onNew) {
        this.gate = gate;
        this.labels = labels;
        this.ids = ids;
        this.gates = gates;
        within = gates.feedbackWithin();
        counts = new FeedbackCounts(onNew);
        for (Label label : labels) {
            if (label.after().compareTo(within) >= 0) {
                throw new IllegalArgumentException(
                        "gate \"" + gate + "\": label \"" + label.name() + "\" is taken after "
                                + label.after() + ", when an outcome has expired: feedbackWithin is " + within
                                + "; make that longer");
            }
        }
    }

    FeedbackCounts counts() {
        return counts;
    }

    /** The one label of the gate, for feedback that names none. */
    Label only() {
        if (labels.size() != 1) {
            throw new IllegalArgumentException(
                    labels.isEmpty()
                            ? noLabels()
                            : "gate \"" + gate + "\" has the labels " + names()
                                    + ": say which one, feedback(outcomeId, label, value)");
        }
        return labels.get(0);
    }

    private String noLabels() {
        return "gate \"" + gate + "\" has no labels, so that it hears of nothing; add label(name, least, most)";
    }

    private List<String> names() {
        return labels.stream().map(Label::name).toList();
    }

    Label label(String name) {
        return labels.stream()
                .filter(label -> label.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        labels.isEmpty()
                                ? noLabels()
                                : "label " + Names.quote(name) + " of gate \"" + gate + "\" is unknown; it has "
                                        + names()));
    }

    /**
     * Takes a label.
     *
     * @param now the gate's state, asked for once it is known that the label is the first: that may take as long as a file or a server does, and what was
     *     counted for a step that has ended meanwhile is lost
     */
    Feedback take(String outcomeId, Label label, double value, Supplier<? extends GateState<?, ?>> now) {
        double scaled = label.scaled(value);
        OutcomeIds.Read id = ids.read(outcomeId);
        if (id == null) {
            return counted(FeedbackCounts.NONE, label, Feedback.UNKNOWN);
        }
        String version = id.version().isEmpty() ? FeedbackCounts.NONE : id.version();
        Duration ahead = Duration.between(gates.now(), id.at());
        if (ahead.compareTo(APART) > 0) {
            return counted(FeedbackCounts.NONE, label, Feedback.UNKNOWN);
        }
        Duration age = ahead.isNegative() ? ahead.negated() : Duration.ZERO;
        if (age.compareTo(within) > 0) {
            return counted(version, label, Feedback.EXPIRED);
        }
        if (age.compareTo(label.after()) < 0) {
            return counted(version, label, Feedback.TOO_EARLY);
        }
        if (!first(id, label, version)) {
            return counted(version, label, Feedback.ALREADY_KNOWN);
        }
        counts.add(new FeedbackCounts.Key(version, label.name(), Feedback.JOINED), value);
        tell(now.get().labels(), id, label, scaled);
        return Feedback.JOINED;
    }

    private Feedback counted(String version, Label label, Feedback result) {
        counts.add(new FeedbackCounts.Key(version, label.name(), result), 0);
        return result;
    }

    private boolean first(OutcomeIds.Read id, Label label, String version) {
        Instant expires = id.at().plus(within).plus(APART);
        try {
            return gates.feedbackIds().first(ids.mark(id, label), gates.now(), expires);
        } catch (RuntimeException e) {
            counted(version, label, Feedback.UNAVAILABLE);
            throw new FeedbackException(
                    "gate \"" + gate + "\": whether this outcome's \"" + label.name()
                            + "\" was given before cannot be found out: " + e.getMessage()
                            + ". Nothing has joined; to give it again is safe",
                    e);
        }
    }

    private void tell(@Nullable Watch watch, OutcomeIds.Read id, Label label, double scaled) {
        if (watch == null || id.rollout() == 0 || id.place() < 0) {
            return;
        }
        try {
            if (watch.rollout() == id.rollout()) {
                watch.labelled(id.place(), labels.indexOf(label), scaled);
            }
        } catch (Throwable e) {
            gates.warnings().threw("the watch of gate \"" + gate + "\"", e);
        }
    }
}
