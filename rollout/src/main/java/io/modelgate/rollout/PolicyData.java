package io.modelgate.rollout;

import io.modelgate.rollout.Guardrail.Limit;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A policy as the control log holds it: strings, Longs, booleans, lists and maps. Numbers with decimals are decimal text, durations
 * and times ISO 8601.
 *
 * <p>Reading takes all or nothing, and refuses what it does not know: a process that passed over a guardrail it cannot read would step
 * up where another one must not.
 */
final class PolicyData {

    private PolicyData() {}

    static Map<String, Object> write(RolloutPolicy policy) {
        Map<String, Object> data = new HashMap<>();
        data.put("name", policy.name());
        data.put("steps", policy.steps().stream().map(PolicyData::write).toList());
        data.put(
                "guardrails",
                policy.guardrails().stream().map(PolicyData::write).toList());
        data.put("alpha", PolicyText.decimal(policy.alpha()));
        data.put("promotionAlpha", PolicyText.decimal(policy.promotionAlpha()));
        data.put("processes", (long) policy.processes());
        data.put("patience", policy.inconclusive().patience().toString());
        data.put("then", policy.inconclusive().then().name());
        data.put("holdback", (long) policy.holdback().parts());
        data.put("soak", policy.soak().toString());
        data.put("alert", policy.pauseAlert().after().toString());
        data.put("escalation", policy.pauseAlert().escalation().toString());
        data.put("zone", policy.calendar().zone().getId());
        data.put(
                "open", policy.calendar().open().stream().map(PolicyData::write).toList());
        data.put(
                "blackouts",
                policy.calendar().blackouts().stream().map(PolicyData::write).toList());
        data.put("holdDown", policy.holdDown().toString());
        if (!policy.windows().equals(Calendar.ALWAYS)) { // a process that does not know windows refuses what has some
            data.put(
                    "windows",
                    Map.of(
                            "zone", policy.windows().zone().getId(),
                            "open",
                                    policy.windows().open().stream()
                                            .map(PolicyData::write)
                                            .toList()));
        }
        if (policy.stakes() != Stakes.MEDIUM) { // as those are of which an older entry says nothing
            data.put("stakes", policy.stakes().name());
        }
        ShadowStage shadow = policy.shadow();
        if (shadow != null) { // an older process reads a policy without one as it always did, and refuses another
            data.put("shadow", ShadowData.write(shadow));
        }
        return data;
    }

    static Optional<RolloutPolicy> read(Map<?, ?> data) {
        try {
            Fields fields = new Fields(data);
            RolloutPolicy policy = new RolloutPolicy(
                    fields.text("name"),
                    fields.list("steps").stream().map(PolicyData::step).toList(),
                    fields.list("guardrails").stream()
                            .map(PolicyData::guardrail)
                            .toList(),
                    fields.decimal("alpha"),
                    fields.decimal("promotionAlpha"),
                    Math.toIntExact(fields.whole("processes")),
                    new Inconclusive(fields.duration("patience"), fields.constant("then", Inconclusive.Then.class)),
                    fields.weight("holdback"),
                    fields.duration("soak"),
                    new PauseAlert(fields.duration("alert"), fields.duration("escalation")),
                    new Calendar(
                            ZoneId.of(fields.text("zone")),
                            fields.list("open").stream().map(PolicyData::hours).toList(),
                            fields.list("blackouts").stream()
                                    .map(PolicyData::blackout)
                                    .toList()),
                    fields.has("shadow") ? ShadowData.read(fields.map("shadow")) : null,
                    fields.duration("holdDown"),
                    fields.has("windows") ? windows(fields.map("windows")) : Calendar.ALWAYS,
                    fields.has("stakes") ? fields.constant("stakes", Stakes.class) : Stakes.MEDIUM);
            fields.end();
            return PolicyRules.mistakes(policy).isEmpty() ? Optional.of(policy) : Optional.empty();
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static Map<String, Object> write(Step step) {
        return Map.of(
                "weight",
                (long) step.weight().parts(),
                "time",
                step.leastTime().toString(),
                "callers",
                step.leastCallers(),
                "manual",
                step.manual());
    }

    private static Step step(Object data) {
        Fields fields = new Fields(data);
        Step step = new Step(
                fields.weight("weight"), fields.duration("time"), fields.whole("callers"), fields.bool("manual"));
        fields.end();
        return step;
    }

    private static Map<String, Object> write(Guardrail guardrail) {
        Map<String, Object> data = new HashMap<>();
        data.put("name", guardrail.name());
        data.put("kind", guardrail.kind().name());
        if (guardrail.rate() != null) {
            data.put("rate", guardrail.rate().name());
        }
        data.put("quantile", PolicyText.decimal(guardrail.quantile()));
        if (guardrail.metric() != null) {
            data.put("metric", guardrail.metric());
        }
        data.put("worse", guardrail.worse().name());
        if (guardrail.limit() instanceof Limit.Relative relative) {
            data.put("relative", PolicyText.decimal(relative.share()));
        } else if (guardrail.limit() instanceof Limit.Absolute absolute) {
            data.put("absolute", PolicyText.decimal(absolute.points()));
        } else if (guardrail.limit() instanceof Limit.Bound bound) {
            data.put("bound", PolicyText.decimal(bound.value()));
        }
        data.put("unit", guardrail.unit().name());
        data.put("required", guardrail.required());
        data.put("share", PolicyText.decimal(guardrail.share()));
        Groups by = guardrail.by();
        if (by != null) {
            data.put("by", Map.of("attribute", by.attribute(), "groups", by.groups()));
        }
        return data;
    }

    private static Guardrail guardrail(Object data) {
        Fields fields = new Fields(data);
        Guardrail guardrail = new Guardrail(
                fields.text("name"),
                fields.constant("kind", Guardrail.Kind.class),
                fields.has("rate") ? fields.constant("rate", Rate.class) : null,
                fields.decimal("quantile"),
                fields.has("metric") ? fields.text("metric") : null,
                fields.constant("worse", Guardrail.Worse.class),
                limit(fields),
                fields.constant("unit", Unit.class),
                fields.bool("required"),
                fields.decimal("share"),
                fields.has("by") ? groups(fields.map("by")) : null,
                null);
        fields.end();
        return guardrail;
    }

    private static Groups groups(Map<?, ?> data) {
        Fields fields = new Fields(data);
        Groups groups = new Groups(
                fields.text("attribute"),
                fields.list("groups").stream()
                        .map(group -> Fields.string("groups", group))
                        .toList());
        fields.end();
        return groups;
    }

    private static Limit limit(Fields fields) {
        if (fields.has("relative")) {
            return new Limit.Relative(fields.decimal("relative"));
        }
        return fields.has("absolute")
                ? new Limit.Absolute(fields.decimal("absolute"))
                : new Limit.Bound(fields.decimal("bound"));
    }

    private static Map<String, Object> write(Calendar.Hours hours) {
        List<String> days = hours.days().stream().sorted().map(DayOfWeek::name).toList();
        return Map.of(
                "days", days, "from", hours.from().toString(), "to", hours.to().toString());
    }

    private static Calendar.Hours hours(Object data) {
        Fields fields = new Fields(data);
        Set<DayOfWeek> days = EnumSet.noneOf(DayOfWeek.class);
        for (Object day : fields.list("days")) {
            days.add(DayOfWeek.valueOf(Fields.string("days", day)));
        }
        Calendar.Hours hours =
                new Calendar.Hours(days, LocalTime.parse(fields.text("from")), LocalTime.parse(fields.text("to")));
        fields.end();
        return hours;
    }

    private static Calendar windows(Map<?, ?> data) {
        Fields fields = new Fields(data);
        Calendar windows = new Calendar(
                ZoneId.of(fields.text("zone")),
                fields.list("open").stream().map(PolicyData::hours).toList(),
                List.of());
        fields.end();
        return windows;
    }

    private static Map<String, Object> write(Calendar.Blackout blackout) {
        return Map.of("from", blackout.from().toString(), "to", blackout.to().toString());
    }

    private static Calendar.Blackout blackout(Object data) {
        Fields fields = new Fields(data);
        Calendar.Blackout blackout =
                new Calendar.Blackout(Instant.parse(fields.text("from")), Instant.parse(fields.text("to")));
        fields.end();
        return blackout;
    }
}
