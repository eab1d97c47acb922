package io.modelgate.rollout;

import io.modelgate.rollout.FileMistakes.Place;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads a policy from YAML: the settings of {@link PolicyBuilder}, by the same names. {@code docs/policies.md} describes the file. */
final class PolicyFile {

    static final List<String> KEYS = List.of(
            "name",
            "stakes",
            "shadow",
            "steps",
            "guardrails",
            "sampleRatio",
            "alpha",
            "promotionAlpha",
            "processes",
            "inconclusive",
            "holdback",
            "soak",
            "pauseAlert",
            "calendar",
            "holdDown");

    private static final int MOST_BYTES = 4 * Yaml.MOST_CHARACTERS;

    private final FileMistakes mistakes;
    private final PolicyBuilder builder = new PolicyBuilder();

    private PolicyFile(FileMistakes mistakes) {
        this.mistakes = mistakes;
    }

    static RolloutPolicy load(Path file) {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read policy file " + file, e);
        }
        return parse(file.toString(), text(file.toString(), bytes));
    }

    private static String text(String file, byte[] bytes) {
        // Too large a file may be cut within a character; it is refused for its size, which its characters show.
        int length = Math.min(bytes.length, MOST_BYTES);
        CharBuffer text = CharBuffer.allocate(length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(bytes, 0, length), text, bytes.length <= MOST_BYTES);
        String read = text.flip().toString();
        if (result.isError()) {
            int line = (int) read.chars().filter(c -> c == '\n').count() + 1;
            int column = read.length() - read.lastIndexOf('\n');
            throw new FileMistakes(file)
                    .refusal(new Place(line, column), "is not UTF-8: save the file in that encoding");
        }
        return read;
    }

    static RolloutPolicy parse(String name, String yaml) {
        String text = yaml.startsWith("\uFEFF") ? yaml.substring(1) : yaml; // editors put a byte order mark there
        FileMistakes mistakes = new FileMistakes(name);
        PolicyFile file = new PolicyFile(mistakes);
        file.read(Yaml.compose(text, mistakes));
        mistakes.addAll(file.builder.mistakes());
        mistakes.refuse();
        return file.builder.policy();
    }

    private void read(Node root) {
        YamlMap policy = new YamlMap("", root, mistakes, KEYS);
        policy.set("name", text -> text, builder::name);
        policy.set("stakes", text -> Words.constant(Stakes.class, text), builder::stakes);
        shadow(policy);
        steps(policy.node("steps"));
        guardrails(policy);
        policy.set("sampleRatio", Words::bool, builder::sampleRatio);
        policy.set("alpha", PolicyText::share, builder::alpha);
        policy.set("promotionAlpha", PolicyText::share, builder::promotionAlpha);
        policy.set("processes", Words::integer, builder::processes);
        inconclusive(policy.node("inconclusive"));
        policy.set("holdback", PolicyText::weight, builder::holdback);
        policy.set("soak", PolicyText::duration, builder::soak);
        pauseAlert(policy.node("pauseAlert"));
        Node calendar = policy.node("calendar");
        if (calendar != null) {
            new CalendarSection(mistakes, builder).read(calendar);
        }
        policy.set("holdDown", PolicyText::duration, builder::holdDown);
    }

    private void steps(@Nullable Node node) {
        if (node instanceof SequenceNode list) {
            if (list.getValue().isEmpty()) {
                mistakes.add(Place.of(list.getStartMark()), "steps", "steps is empty: add one, or remove the key");
            }
            for (int i = 0; i < list.getValue().size(); i++) {
                step(new YamlMap(
                        "steps[" + i + "]",
                        list.getValue().get(i),
                        mistakes,
                        List.of("weight", "time", "callers", "manual")));
            }
        } else if (node != null) {
            rule(new YamlMap("steps", node, mistakes, List.of("start", "factor", "by", "every", "callers", "upTo")));
        }
    }

    private void step(YamlMap step) {
        Weight weight = step.read("weight", text -> {
            if (!PolicyText.between(text, 0, 100)) {
                throw new IllegalArgumentException("expected above 0 % and below 100 %");
            }
            return PolicyText.weight(text);
        });
        Duration time = step.read("time", PolicyText::duration);
        Long callers = step.read("callers", PolicyText::whole);
        Boolean manual = step.read("manual", Words::bool);
        if (weight != null) {
            attempt(step, "weight", () -> builder.step(weight, time, callers, manual != null && manual));
        } else if (!step.has("weight")) {
            step.mistake("weight", step.path("weight") + " is missing: add for instance \"weight: 5 %\"");
        }
    }

    private void rule(YamlMap rule) {
        Weight start = rule.read("start", PolicyText::weight);
        Double factor = rule.read("factor", PolicyText::number);
        Weight by = rule.read("by", PolicyText::weight);
        Duration every = rule.read("every", PolicyText::duration);
        Long callers = rule.read("callers", PolicyText::whole);
        rule.set("upTo", PolicyText::weight, builder::upTo);
        if (rule.has("factor") == rule.has("by")) {
            rule.mistake(
                    "by",
                    "steps have " + (rule.has("by") ? "both factor and by" : "neither factor nor by")
                            + ": expected one of them, \"factor: 2\" to double the weight or \"by: 10 %\" to add to it");
        } else if (!rule.has("start")) {
            rule.mistake("start", "steps.start is missing: add the first weight, for instance \"start: 1 %\"");
        } else if (start != null && (factor != null || by != null)) {
            String key = factor != null ? "factor" : "by";
            attempt(rule, key, () -> {
                StepPlan plan = by == null
                        ? StepPlan.exponential(start, factor == null ? 0 : factor)
                        : StepPlan.linear(start, by);
                builder.plan(plan, every, callers);
            });
        }
    }

    /** Runs what may refuse with a whole sentence. */
    private static void attempt(YamlMap map, String key, Runnable setter) {
        try {
            setter.run();
        } catch (IllegalArgumentException e) {
            map.mistake(key, String.valueOf(e.getMessage()));
        }
    }

    private void guardrails(YamlMap policy) {
        List<Node> list = policy.list("guardrails", "\"- rate: errors\"");
        for (int i = 0; i < list.size(); i++) {
            Guardrail guardrail = GuardrailSection.read("guardrails[" + i + "]", list.get(i), mistakes);
            if (guardrail != null) {
                builder.guardrail(guardrail);
            }
        }
        if (policy.node("guardrails") instanceof SequenceNode && list.isEmpty()) {
            policy.mistake("guardrails", "guardrails is empty: add one, or remove the key for those of the stakes");
        }
    }

    private void shadow(YamlMap policy) {
        Node node = policy.node("shadow");
        if (node instanceof ScalarNode scalar && scalar.getValue().equals("none")) {
            builder.withoutShadow();
        } else if (node instanceof ScalarNode) {
            policy.mistake(
                    "shadow", "shadow is one value: expected none, or a map such as {sample: 10 %, agreement: 95 %}");
        } else if (node != null) {
            YamlMap map = new YamlMap(
                    "shadow",
                    node,
                    mistakes,
                    List.of("sample", "time", "calls", "agreement", "metric", "within", "by"));
            builder.shadow(s -> shadow(map, s));
        }
    }

    private static void shadow(YamlMap map, ShadowStageBuilder s) {
        map.set("sample", PolicyText::share, s::sample);
        map.set("time", PolicyText::duration, s::atLeast);
        map.set("calls", PolicyText::whole, s::calls);
        map.set("agreement", PolicyText::share, s::agreement);
        if (map.has("metric") || map.has("within")) {
            both(map, "metric", "score", "within", "0.02");
        }
        String metric = map.read("metric", text -> text);
        Double within = map.read("within", PolicyText::number);
        if (metric != null && within != null) {
            attempt(map, "within", () -> s.within(metric, within));
        }
        String by = map.read("by", text -> text);
        if (by != null) {
            attempt(map, "by", () -> s.by(by));
        }
    }

    private void inconclusive(@Nullable Node node) {
        if (node == null) {
            return;
        }
        YamlMap map = new YamlMap("inconclusive", node, mistakes, List.of("patience", "then"));
        Duration patience = map.read("patience", PolicyText::duration);
        Inconclusive.Then then = map.read("then", text -> Words.constant(Inconclusive.Then.class, text));
        both(map, "patience", "1d", "then", "hold");
        if (patience != null && then != null) {
            attempt(map, "patience", () -> builder.inconclusive(patience, then));
        }
    }

    private void pauseAlert(@Nullable Node node) {
        if (node == null) {
            return;
        }
        YamlMap map = new YamlMap("pauseAlert", node, mistakes, List.of("after", "escalation"));
        Duration after = map.read("after", PolicyText::duration);
        Duration escalation = map.read("escalation", PolicyText::duration);
        both(map, "after", "15m", "escalation", "30m");
        if (after != null && escalation != null) {
            attempt(map, "after", () -> builder.pauseAlert(after, escalation));
        }
    }

    private static void both(YamlMap map, String one, String oneExample, String two, String twoExample) {
        if (!map.has(one)) {
            map.mistake(one, map.path(one) + " is missing: add for instance \"" + one + ": " + oneExample + "\"");
        }
        if (!map.has(two)) {
            map.mistake(two, map.path(two) + " is missing: add for instance \"" + two + ": " + twoExample + "\"");
        }
    }
}
