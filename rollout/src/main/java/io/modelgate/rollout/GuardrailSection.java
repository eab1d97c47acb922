package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Kind;
import io.modelgate.rollout.Guardrail.Limit;
import io.modelgate.rollout.Guardrail.Worse;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a guardrail of a policy file. */
final class GuardrailSection {

    private static final List<String> SUBJECTS = List.of("rate", "latency", "mean", "custom", "sampleRatio");
    private static final List<String> LIMITS = List.of("worseBy", "worseByPoints", "atMost", "atLeast");
    private static final List<String> KEYS = List.of(
            "rate",
            "latency",
            "mean",
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
            "share");

    private final FileMistakes mistakes;

    GuardrailSection(FileMistakes mistakes) {
        this.mistakes = mistakes;
    }

    /** Reads it; null if it is wrong. */
    @Nullable
    Guardrail read(String path, Node node) {
        YamlMap map = new YamlMap(path, node, mistakes, KEYS);
        List<String> subjects = SUBJECTS.stream().filter(map::has).toList();
        if (subjects.size() != 1) {
            map.mistake(
                    subjects.isEmpty() ? "rate" : subjects.get(1),
                    path + (subjects.isEmpty() ? " does not say what it looks at" : " looks at " + subjects)
                            + ": expected one of " + String.join(", ", SUBJECTS));
            return null;
        }
        return switch (subjects.get(0)) {
            case "rate" -> rate(map);
            case "latency" -> latency(map);
            case "mean" -> mean(map);
            case "custom" -> custom(map);
            default -> sampleRatio(map);
        };
    }

    private static @Nullable Guardrail rate(YamlMap map) {
        Rate rate = map.read("rate", text -> Words.constant(Rate.class, text));
        Limit limit = limit(map, PolicyText::share, "20 %");
        if (rate == null || limit == null || refuses(map, "worse", "more of a rate is worse")) {
            return null;
        }
        return rest(map, Guardrails.rate(rate, limit, false));
    }

    private static @Nullable Guardrail latency(YamlMap map) {
        Double quantile = map.read("latency", GuardrailSection::quantile);
        Limit limit = limit(map, text -> PolicyText.duration(text).toNanos() / 1e9, "25 %");
        if (quantile == null || limit == null || refuses(map, "worse", "more latency is worse")) {
            return null;
        }
        return rest(map, Guardrails.latency(quantile, limit, false));
    }

    private static double quantile(String text) {
        String number = text.startsWith("p") ? text.substring(1) + " %" : text;
        double quantile;
        try {
            quantile = PolicyText.share(number);
        } catch (IllegalArgumentException e) {
            quantile = 0;
        }
        if (!(quantile > 0 && quantile < 1)) {
            throw new IllegalArgumentException("expected a quantile such as p99, p99.9 or 0.99");
        }
        return quantile;
    }

    private static @Nullable Guardrail mean(YamlMap map) {
        String metric = map.read("mean", text -> text);
        Limit limit = limit(map, PolicyText::number, "5 %");
        Worse worse = worse(map);
        if (metric == null || limit == null || worse == null) {
            return null;
        }
        return rest(
                map,
                new Guardrail(
                        metric, Kind.MEAN, null, 0, metric, worse, limit, Guardrails.unit(limit), false, 1, null));
    }

    /** A limit says by itself which direction is worse; a margin does not. */
    private static @Nullable Worse worse(YamlMap map) {
        Worse said = map.read("worse", text -> Words.constant(Worse.class, text));
        Worse implied = map.has("atMost") ? Worse.HIGHER : map.has("atLeast") ? Worse.LOWER : null;
        if (implied != null && said != null && said != implied) {
            map.mistake(
                    "worse",
                    map.path("worse") + " is " + Guardrails.word(said) + ", against "
                            + (implied == Worse.HIGHER ? "atMost" : "atLeast") + ": remove one of them");
            return null;
        }
        if (said == null && implied == null && !map.has("worse")) {
            map.mistake(
                    "worse",
                    map.path("worse")
                            + " is missing: say which direction is worse, higher, lower or either, for instance \"worse: lower\"");
        }
        return said == null && !map.has("worse") ? implied : said;
    }

    private static @Nullable Guardrail custom(YamlMap map) {
        String name = map.read("custom", text -> text);
        boolean refused = false;
        for (String limit : LIMITS) {
            refused |= refuses(map, limit, "the test itself says what is worse");
        }
        refused |= refuses(map, "worse", "the test itself says what is worse");
        refused |= refuses(map, "name", "custom is its name");
        if (name == null || refused) {
            return null;
        }
        return rest(
                map,
                new Guardrail(
                        name,
                        Kind.CUSTOM,
                        null,
                        0,
                        null,
                        Worse.HIGHER,
                        Guardrails.NO_LIMIT,
                        Unit.CALL,
                        false,
                        1,
                        null));
    }

    private static @Nullable Guardrail sampleRatio(YamlMap map) {
        Boolean on = map.read("sampleRatio", Words::bool);
        boolean refused = false;
        for (String limit : LIMITS) {
            refused |= refuses(map, limit, "any other split than the weight's is worse");
        }
        refused |= refuses(map, "worse", "any other split than the weight's is worse");
        refused |= refuses(map, "unit", "it counts callers");
        if (on != null && !on) {
            map.mistake(
                    "sampleRatio",
                    map.path("sampleRatio") + " is false: to switch it off, write \"sampleRatio: false\" beside "
                            + "guardrails, not among them");
            return null;
        }
        return on == null || refused ? null : rest(map, Guardrails.sampleRatio());
    }

    private static boolean refuses(YamlMap map, String key, String why) {
        if (map.has(key)) {
            map.mistake(key, map.path(key) + " has no place here, since " + why + ": remove it");
        }
        return map.has(key);
    }

    private static @Nullable Limit limit(YamlMap map, Function<String, Double> own, String example) {
        List<String> limits = LIMITS.stream().filter(map::has).toList();
        if (limits.size() != 1) {
            map.mistake(
                    limits.isEmpty() ? "worseBy" : limits.get(1),
                    map.path(limits.isEmpty() ? "worseBy" : limits.get(1))
                            + (limits.isEmpty() ? " is missing" : " stands beside " + limits.get(0))
                            + ": expected one of " + String.join(", ", LIMITS) + ", for instance \"worseBy: " + example
                            + "\"; two limits are two guardrails");
            return null;
        }
        String key = limits.get(0);
        if (key.equals("atLeast") && !map.has("mean")) {
            map.mistake(key, map.path(key) + " is for a mean: expected atMost, since more of it is worse");
            return null;
        }
        return switch (key) {
            case "worseBy" -> map.read(key, text -> new Limit.Relative(PolicyText.share(text)));
            case "worseByPoints" -> map.read(key, text -> new Limit.Absolute(own.apply(text)));
            default -> map.read(key, text -> new Limit.Bound(own.apply(text)));
        };
    }

    /** What every guardrail may say, over its defaults. */
    private static Guardrail rest(YamlMap map, Guardrail of) {
        String name = map.read("name", text -> text);
        Unit unit = map.read("unit", text -> Words.constant(Unit.class, text));
        Boolean required = map.read("required", Words::bool);
        Double share = map.read("share", PolicyText::number);
        return new Guardrail(
                name == null ? of.name() : name,
                of.kind(),
                of.rate(),
                of.quantile(),
                of.metric(),
                of.worse(),
                of.limit(),
                unit == null ? of.unit() : unit,
                required == null ? of.required() : required,
                share == null ? of.share() : share,
                null);
    }
}
