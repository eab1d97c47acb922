package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Worse;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Reads a guardrail of a policy file. Not thread-safe. */
final class GuardrailSection {

    private static final List<String> SUBJECTS =
            List.of("rate", "latency", "mean", "groupRatio", "distribution", "custom", "sampleRatio");
    private static final List<String> LIMITS = List.of("worseBy", "worseByPoints", "atMost", "atLeast");
    static final List<String> KEYS = List.of(
            "rate",
            "latency",
            "mean",
            "groupRatio",
            "distribution",
            "custom",
            "sampleRatio",
            "name",
            "worse",
            "worseBy",
            "worseByPoints",
            "atMost",
            "atLeast",
            "unit",
            "required",
            "share",
            "by");

    private final YamlMap map;

    private GuardrailSection(YamlMap map) {
        this.map = map;
    }

    /** Reads it; null if it is wrong, or if enough of it is to hide the rest. */
    static @Nullable Guardrail read(String path, Node node, FileMistakes mistakes) {
        return new GuardrailSection(new YamlMap(path, node, mistakes, KEYS)).guardrail(path);
    }

    private @Nullable Guardrail guardrail(String path) {
        List<String> subjects = SUBJECTS.stream().filter(map::has).toList();
        if (subjects.size() != 1) {
            map.mistake(
                    subjects.isEmpty() ? "rate" : subjects.get(1),
                    path + (subjects.isEmpty() ? " does not say what it looks at" : " looks at " + subjects)
                            + ": expected one of " + String.join(", ", SUBJECTS));
            return null;
        }
        Guardrail subject = switch (subjects.get(0)) {
            case "rate" -> limited(value("rate", text -> Guardrail.rate(Words.constant(Rate.class, text))));
            case "latency" -> limited(value("latency", text -> Guardrail.latency(quantile(text))));
            case "mean" -> limited(mean());
            case "groupRatio" -> groupRatio();
            case "distribution" -> distribution();
            case "custom" -> custom();
            default -> sampleRatio();
        };
        subject = changed(subject, "name", Guardrail::name, text -> text);
        subject = changed(subject, "unit", Guardrail::unit, text -> Words.constant(Unit.class, text));
        subject = changed(subject, "share", Guardrail::share, PolicyText::number);
        subject = by(subject);
        return changed(subject, "required", (of, required) -> required ? of.requiredForPromotion() : of, Words::bool);
    }

    private interface Change<T> {
        Guardrail of(Guardrail guardrail, T value);
    }

    /** Reads a key whatever came before, so that its mistakes are shown too. */
    private <T> @Nullable Guardrail changed(
            @Nullable Guardrail guardrail, String key, Change<T> change, Function<String, T> parse) {
        if (!map.has(key)) {
            return guardrail;
        }
        if (guardrail == null) {
            map.read(key, parse);
            return null;
        }
        return value(key, text -> change.of(guardrail, parse.apply(text)));
    }

    /** Reads a value; of what a guardrail refuses, only what it expects: the file has its own name for the rest. */
    private <T> @Nullable T value(String key, Function<String, T> parse) {
        return map.read(key, text -> {
            try {
                return parse.apply(text);
            } catch (IllegalArgumentException e) {
                String message = String.valueOf(e.getMessage());
                int expected = message.indexOf(": expected ");
                throw expected < 0 ? e : new IllegalArgumentException(message.substring(expected + 2), e);
            }
        });
    }

    private static double quantile(String text) {
        try {
            return text.startsWith("p") ? PolicyText.share(text.substring(1) + " %") : PolicyText.share(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected a quantile such as p99, p99.9 or 0.99", e);
        }
    }

    /** A limit says by itself which direction is worse; a margin does not. */
    private @Nullable Guardrail mean() {
        Guardrail mean = value("mean", Guardrail::mean);
        Worse said = map.read("worse", text -> Words.constant(Worse.class, text));
        String bound = map.has("atMost") ? "atMost" : "atLeast";
        if (map.has(bound)) {
            if (said != null && said != (bound.equals("atMost") ? Worse.HIGHER : Worse.LOWER)) {
                map.mistake(
                        "worse",
                        map.path("worse") + " is " + Words.of(said) + ", against " + bound + ": remove one of them");
                return null;
            }
            return mean;
        }
        if (!map.has("worse")) {
            map.mistake(
                    "worse",
                    map.path("worse")
                            + " is missing: say which direction is worse, higher, lower or either, for instance \"worse: lower\"");
        }
        if (mean == null || said == null) {
            return null;
        }
        return switch (said) {
            case HIGHER -> mean.higherIsWorse();
            case LOWER -> mean.lowerIsWorse();
            case EITHER -> mean.eitherIsWorse();
        };
    }

    private @Nullable Guardrail limited(@Nullable Guardrail guardrail) {
        if (!map.has("mean") && refuses("worse", "more of it is always worse")) {
            return null;
        }
        List<String> limits = LIMITS.stream().filter(map::has).toList();
        if (limits.size() != 1) {
            String key = limits.isEmpty() ? "worseBy" : limits.get(1);
            map.mistake(
                    key,
                    map.path(key) + (limits.isEmpty() ? " is missing" : " stands beside " + limits.get(0))
                            + ": expected one of " + String.join(", ", LIMITS)
                            + ", for instance \"worseBy: 20 %\"; two limits are two guardrails");
            return null;
        }
        return switch (limits.get(0)) {
            case "worseBy" -> changed(guardrail, "worseBy", Guardrail::worseBy, PolicyText::share);
            case "worseByPoints" -> changed(guardrail, "worseByPoints", Guardrail::worseByPoints, this::own);
            case "atMost" -> changed(guardrail, "atMost", Guardrail::atMost, this::own);
            default -> atLeast(guardrail);
        };
    }

    private @Nullable Guardrail atLeast(@Nullable Guardrail guardrail) {
        if (!map.has("mean")) {
            map.mistake("atLeast", map.path("atLeast") + " is for a mean: expected atMost, since more of it is worse");
            return null;
        }
        return changed(guardrail, "atLeast", Guardrail::atLeast, this::own);
    }

    /** A value in the subject's own measure: a share of the calls, a time as seconds, or the metric's units. */
    private double own(String text) {
        if (map.has("latency")) {
            Duration time = PolicyText.duration(text);
            return time.toMillis() / 1e3;
        }
        return map.has("rate") ? PolicyText.share(text) : PolicyText.number(text);
    }

    /** Only limits that fit; without one the default. */
    private @Nullable Guardrail groupRatio() {
        boolean refused = refuses("worse", "a lower ratio is always worse");
        refused |= refuses("worseByPoints", "a ratio has an atLeast, or a worseBy of stable's ratio");
        refused |= refuses("atMost", "a lower ratio is always worse");
        if (map.has("atLeast") && map.has("worseBy")) {
            refused |= refuses("worseBy", "atLeast is the limit; two limits are two guardrails");
        }
        Guardrail ratio = value("groupRatio", Guardrail::groupRatio);
        ratio = changed(ratio, "atLeast", Guardrail::atLeast, PolicyText::share);
        ratio = changed(ratio, "worseBy", Guardrail::worseBy, PolicyText::share);
        if (!map.has("by")) {
            map.mistake(
                    "by",
                    map.path("by") + " is missing: say which groups to compare, for instance "
                            + "\"by: {attribute: home, groups: [own, rent]}\"");
            return null;
        }
        return refused ? null : ratio;
    }

    private @Nullable Guardrail distribution() {
        boolean refused = refuses("worse", "a distance has no direction");
        for (String key : List.of("worseBy", "atMost", "atLeast")) {
            refused |= refuses(key, "a distance has a worseByPoints");
        }
        Guardrail distribution = value("distribution", Guardrail::distribution);
        distribution = changed(distribution, "worseByPoints", Guardrail::worseByPoints, PolicyText::share);
        return refused ? null : distribution;
    }

    private @Nullable Guardrail by(@Nullable Guardrail guardrail) {
        Node node = map.node("by");
        if (node == null) {
            return guardrail;
        }
        YamlMap by = map.in("by", node, List.of("attribute", "groups"));
        String attribute = by.read("attribute", text -> text);
        List<String> groups = by.list("groups", "[own, rent]").stream()
                .map(each -> each instanceof ScalarNode scalar ? scalar.getValue() : "")
                .toList();
        if (attribute == null || !by.has("groups")) {
            String key = by.has("attribute") ? "groups" : "attribute";
            by.mistake(key, by.path(key) + " is missing: expected for instance {attribute: home, groups: [own, rent]}");
            return null;
        }
        try {
            Groups read = new Groups(attribute, groups);
            return guardrail == null ? null : guardrail.by(read);
        } catch (IllegalArgumentException e) {
            map.mistake("by", map.path("by") + ": " + e.getMessage());
            return null;
        }
    }

    private @Nullable Guardrail custom() {
        boolean refused = refuses("name", "custom is its name");
        for (String key : LIMITS) {
            refused |= refuses(key, "the test itself says what is worse");
        }
        refused |= refuses("worse", "the test itself says what is worse");
        Guardrail custom = value("custom", Guardrail::custom);
        return refused ? null : custom;
    }

    private @Nullable Guardrail sampleRatio() {
        boolean refused = refuses("unit", "it counts callers");
        for (String key : LIMITS) {
            refused |= refuses(key, "any other split than the weight's is worse");
        }
        refused |= refuses("worse", "any other split than the weight's is worse");
        Boolean on = map.read("sampleRatio", Words::bool);
        if (on != null && !on) {
            map.mistake(
                    "sampleRatio",
                    map.path("sampleRatio") + " is false: to switch it off, write \"sampleRatio: false\" beside "
                            + "guardrails, not among them");
            return null;
        }
        return on == null || refused ? null : Guardrail.sampleRatio();
    }

    private boolean refuses(String key, String why) {
        if (map.has(key)) {
            map.mistake(key, map.path(key) + " has no place here, since " + why + ": remove it");
        }
        return map.has(key);
    }
}
