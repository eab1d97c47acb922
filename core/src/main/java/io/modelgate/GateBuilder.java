package io.modelgate;

import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.ratelimiter.RateLimiterConfig;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Per;
import io.modelgate.budget.Runaway;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Configures a gate. Handed to the function given to {@link Gates#gate}, and done when that returns. For use by one thread.
 *
 * <p>Of a value that is set twice the last counts, and is checked against the others when the gate is built. What a gate has several of
 * — versions, attributes, metrics, budgets, limits on runaways — is added, and what has a name of its own is refused if that name was given
 * before; an attribute may be declared twice. What is switched on stays on.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class GateBuilder<I, O> {

    private static final int MOST_METRICS = 100;
    private static final int MOST_LABELS = 20;

    private final String name;
    private final List<VersionBuilder<I, O>> versions = new ArrayList<>();
    private final Set<String> attributes = new LinkedHashSet<>();
    private final List<Metric<O>> metrics = new ArrayList<>();
    private final List<Label> labels = new ArrayList<>();
    private @Nullable String stable;
    private @Nullable String stableById;
    private CircuitBreakerConfig breaker = Breaker.defaults();
    private @Nullable RateLimiterConfig rateLimit;
    private int maxConcurrent = Integer.MAX_VALUE;
    private long modelTimeoutNanos = Long.MAX_VALUE;
    private long deadlineNanos = Long.MAX_VALUE;
    private @Nullable Function<? super O, Verdict> accept;
    private @Nullable Router router;
    private @Nullable Fallback<I, O> fallback;
    private final List<Budget> budgets = new ArrayList<>();
    private final List<Runaway> runaways = new ArrayList<>();
    private @Nullable Tokens<I, O> tokens;
    private boolean enforceTimeouts;
    private boolean cutInFlightOnKill;
    private boolean latencyHistogram;
    private Class<?> answer = Object.class;
    private boolean startWithoutStable;

    GateBuilder(String name) {
        this.name = Names.name("gate", name);
    }

    /**
     * Adds the version that everyone gets, until the control log says otherwise: once the log has a stable for this gate, the log
     * decides, and a difference is reported as a warning.
     *
     * @throws IllegalArgumentException if a stable version or this id was given before, or the id is malformed
     */
    public GateBuilder<I, O> stable(String id, Model<I, O> model) {
        return stable(id, model, v -> {});
    }

    /** Adds the stable version as {@link #stable(String, Model)} does, with its backend and digest. */
    public GateBuilder<I, O> stable(String id, Model<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return addStable(VersionBuilder.of(id, model), about);
    }

    /** Adds the stable version as {@link #stable(String, Model)} does, one that asks about the call it serves. */
    public GateBuilder<I, O> callAwareStable(String id, CallAwareModel<I, O> model) {
        return callAwareStable(id, model, v -> {});
    }

    /** Adds the stable version as {@link #stable(String, Model)} does, one that answers with a stage; see {@link ModelGate#callAsync}. */
    public GateBuilder<I, O> asyncStable(String id, AsyncModel<I, O> model) {
        return asyncStable(id, model, v -> {});
    }

    /** Adds the stable version as {@link #stable(String, Model)} does, one that asks about the call it serves. */
    public GateBuilder<I, O> callAwareStable(
            String id, CallAwareModel<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return addStable(VersionBuilder.callAware(id, model), about);
    }

    /** Adds the stable version as {@link #stable(String, Model)} does, one that answers with a stage; see {@link ModelGate#callAsync}. */
    public GateBuilder<I, O> asyncStable(String id, AsyncModel<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return addStable(VersionBuilder.async(id, model), about);
    }

    /**
     * Says by its id which of the versions is stable, given before or after this, in place of one given as stable: for configuration
     * that has no model at hand. The last one said counts. Default: the one given as stable.
     *
     * @throws IllegalArgumentException if the id is malformed; when the gate is built, if it has no such version
     */
    public GateBuilder<I, O> stable(String id) {
        stableById = Names.name("version", id);
        return this;
    }

    private GateBuilder<I, O> addStable(VersionBuilder<I, O> version, Consumer<VersionBuilder<I, O>> about) {
        String id = version.id();
        if (stable != null) {
            throw new IllegalArgumentException(gate() + "stable is \"" + id + "\", but \"" + stable
                    + "\" was given before; a gate has one stable version");
        }
        add(version, about);
        stable = id;
        return this;
    }

    /**
     * Adds a version that gets no traffic until a rollout or a promotion gives it some.
     *
     * @throws IllegalArgumentException if this id was given before or is not 1 to 100 letters, digits, '.', '_' or '-'
     */
    public GateBuilder<I, O> version(String id, Model<I, O> model) {
        return version(id, model, v -> {});
    }

    /** Adds a version as {@link #version(String, Model)} does, with its backend and digest. */
    public GateBuilder<I, O> version(String id, Model<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return add(VersionBuilder.of(id, model), about);
    }

    /** Adds a version whose implementation asks about the call that it serves, for instance the time left. */
    public GateBuilder<I, O> callAwareVersion(String id, CallAwareModel<I, O> model) {
        return callAwareVersion(id, model, v -> {});
    }

    /** Adds a version as {@link #version(String, Model)} does, one that answers with a stage; see {@link ModelGate#callAsync}. */
    public GateBuilder<I, O> asyncVersion(String id, AsyncModel<I, O> model) {
        return asyncVersion(id, model, v -> {});
    }

    /** Adds a version whose implementation asks about the call that it serves, for instance the time left. */
    public GateBuilder<I, O> callAwareVersion(
            String id, CallAwareModel<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return add(VersionBuilder.callAware(id, model), about);
    }

    /** Adds a version as {@link #version(String, Model)} does, one that answers with a stage; see {@link ModelGate#callAsync}. */
    public GateBuilder<I, O> asyncVersion(String id, AsyncModel<I, O> model, Consumer<VersionBuilder<I, O>> about) {
        return add(VersionBuilder.async(id, model), about);
    }

    private GateBuilder<I, O> add(VersionBuilder<I, O> version, Consumer<VersionBuilder<I, O>> about) {
        if (versions.stream().anyMatch(v -> v.id().equals(version.id()))) {
            throw new IllegalArgumentException(
                    gate() + "version \"" + version.id() + "\" was given before; each id names one version");
        }
        about.accept(version);
        versions.add(version);
        return this;
    }

    /**
     * Declares the attributes of callers by which switches may be narrowed and rollouts ruled.
     *
     * @throws IllegalArgumentException if a name is not 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit
     */
    public GateBuilder<I, O> attributes(String... names) {
        for (String attribute : names) {
            attributes.add(Names.name("attribute", attribute));
        }
        return this;
    }

    /**
     * Has guardrails read a number off each answer: a score, an approval, a cost. A value beyond the range counts as its end.
     *
     * @param name what guardrails call it
     * @param least the smallest value
     * @param most the largest value, above {@code least}
     * @param of reads it off an answer, on the serving path; {@code NaN} if the answer has none. If it throws, the value is left out and a
     *     warning logged
     * @throws IllegalArgumentException if the name is malformed or was given before, if a bound is not finite or {@code least} is not below
     *     {@code most}, or if there are 100 metrics
     */
    public GateBuilder<I, O> metric(String name, double least, double most, ToDoubleFunction<? super O> of) {
        Metric<O> metric = new Metric<>(name, least, most, of);
        requireNew("metric", name);
        if (metrics.size() == MOST_METRICS) {
            throw new IllegalArgumentException(
                    gate() + "metric \"" + name + "\" is one too many: expected " + MOST_METRICS + " at most");
        }
        metrics.add(metric);
        return this;
    }

    /**
     * Has the gate hear, by {@link ModelGate#feedback}, what an outcome turned out to be: whether a loan was paid back, whether a person
     * took the answer. Outcomes have an {@linkplain Outcome#id id} then, and guardrails may be about it as about a metric.
     *
     * @param name what feedback and guardrails call it
     * @param least the smallest value
     * @param most the largest value, above {@code least}
     * @throws IllegalArgumentException if the name is malformed or that of a metric or label given before, if a bound is not finite or
     *     {@code least} is not below {@code most}, or if there are 20 labels
     */
    public GateBuilder<I, O> label(String name, double least, double most) {
        return label(name, least, most, Duration.ZERO);
    }

    /**
     * Adds a label as {@link #label(String, double, double)} does, one that is taken only of outcomes that are old enough: those that are known
     * early are seldom like those that are known late, and the candidate's outcomes are the younger ones.
     *
     * @param after how old an outcome has to be, zero or more and less than {@link GatesBuilder#feedbackWithin}
     */
    public GateBuilder<I, O> label(String name, double least, double most, Duration after) {
        Label label = new Label(name, least, most, after);
        requireNew("label", name);
        if (labels.size() == MOST_LABELS) {
            throw new IllegalArgumentException(
                    gate() + "label \"" + name + "\" is one too many: expected " + MOST_LABELS + " at most");
        }
        labels.add(label);
        return this;
    }

    private void requireNew(String what, String name) {
        if (metrics.stream().anyMatch(known -> known.name().equals(name))
                || labels.stream().anyMatch(known -> known.name().equals(name))) {
            throw new IllegalArgumentException(
                    gate() + what + " \"" + name + "\" was given before; each metric and label has its own name");
        }
    }

    /**
     * Sets the circuit breaker of each version. Default: {@link #breakerDefaults()}.
     *
     * @throws IllegalArgumentException for settings that would break a promise of the gate: an own clock, {@code recordResult} or
     *     {@code transitionOnResult} (use {@link #accept}), an initial state other than closed, a lock-free time window, the automatic
     *     transition to half-open
     */
    public GateBuilder<I, O> breaker(CircuitBreakerConfig config) {
        Breaker.check(name, config);
        breaker = config;
        return this;
    }

    /**
     * The circuit breaker of a gate that names none: a window of 50 calls that trips from 10 calls on; see {@code docs/safety-layers.md}.
     * resilience4j's own defaults are others.
     */
    public static CircuitBreakerConfig breakerDefaults() {
        return BreakerSettings.DEFAULTS;
    }

    /**
     * Limits the rate of model invocations; the configuration needs {@code timeoutDuration(Duration.ZERO)}, because a gate never waits.
     * Default: no limit.
     *
     * @throws IllegalArgumentException if the limiter would wait: {@code timeoutDuration} must be zero
     */
    public GateBuilder<I, O> rateLimit(RateLimiterConfig config) {
        Limits.check(name, config);
        rateLimit = config;
        return this;
    }

    /**
     * Bounds the model invocations that run at once. Default: no bound.
     *
     * @param calls 1 or more
     * @throws IllegalArgumentException if it is less
     */
    public GateBuilder<I, O> maxConcurrent(int calls) {
        if (calls < 1) {
            throw new IllegalArgumentException(gate() + "maxConcurrent is " + calls + ": expected 1 or more");
        }
        maxConcurrent = calls;
        return this;
    }

    /**
     * Sets the longest time that a version may take to answer; a later answer counts as {@link Cause#TIMEOUT}. Default: none.
     *
     * @throws IllegalArgumentException unless it is more than zero
     */
    public GateBuilder<I, O> modelTimeout(Duration timeout) {
        modelTimeoutNanos = positive("modelTimeout", timeout);
        return this;
    }

    /**
     * Sets the time that the whole call may take, the ladder included; what the model leaves of it is the ladder's. Default: none.
     *
     * @throws IllegalArgumentException unless it is more than zero
     */
    public GateBuilder<I, O> deadline(Duration deadline) {
        deadlineNanos = positive("deadline", deadline);
        return this;
    }

    /**
     * Adds ceilings on what calls may use: every invocation of a model reserves in all of them or in none, and is settled to its real
     * usage. Needs {@link #tokens}. Gates that give an equal budget under one name share it. Default: none.
     */
    public GateBuilder<I, O> budget(Budget... ceilings) {
        budgets.addAll(List.of(ceilings));
        return this;
    }

    /** Adds limits on what one session does, for callers that loop. Needs {@link #tokens}. Default: none. */
    public GateBuilder<I, O> runaway(Runaway... limits) {
        runaways.addAll(List.of(limits));
        return this;
    }

    /**
     * Says how calls count tokens.
     *
     * @throws IllegalArgumentException if the estimate of the input or the most output is missing
     */
    public GateBuilder<I, O> tokens(Consumer<TokensBuilder<I, O>> count) {
        TokensBuilder<I, O> builder = new TokensBuilder<>();
        count.accept(builder);
        tokens = builder.build(gate());
        return this;
    }

    /**
     * Enforces the model timeout and the deadline on synchronous models too: they run on the {@linkplain GatesBuilder#executor
     * executor}, and a call whose time is up gets the ladder's answer at once, while its model is interrupted. Without it a synchronous
     * model keeps its caller waiting, and a late answer counts as {@link Cause#TIMEOUT}. Asynchronous versions need no such setting.
     */
    public GateBuilder<I, O> enforceTimeouts() {
        enforceTimeouts = true;
        return this;
    }

    /**
     * Has a kill end the calls that are in flight on what it kills: they get the ladder's answer, {@link Cause#CUT}, before the kill
     * returns or when their threads are next scheduled; their models are cancelled or interrupted, and a late answer is dropped.
     * Synchronous models run on the {@linkplain GatesBuilder#executor executor} then, as with {@link #enforceTimeouts}. Default: a kill lets
     * running calls finish.
     */
    public GateBuilder<I, O> cutInFlightOnKill() {
        cutInFlightOnKill = true;
        return this;
    }

    private long positive(String what, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(gate() + what + " is " + value + ": expected more than zero");
        }
        try {
            return value.toNanos();
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException(gate() + what + " is " + value + ": expected less than 292 years", e);
        }
    }

    /**
     * Checks each answer: anything but {@link Verdict#ACCEPT} is a failure of the version that the breaker sees. A check that
     * throws an exception counts as {@link Cause#INVALID_OUTPUT}. Default: every answer but null is accepted.
     */
    public GateBuilder<I, O> accept(Function<? super O, Verdict> check) {
        accept = check;
        return this;
    }

    /** Sets what decides which callers go to the candidate. Default: nobody does. */
    public GateBuilder<I, O> router(Router router) {
        this.router = router;
        return this;
    }

    /** Sets what answers when the model may not or did not. Default: nothing, so that such calls end in hard failure. */
    public GateBuilder<I, O> fallback(Fallback<I, O> fallback) {
        this.fallback = fallback;
        return this;
    }

    /** Keeps a latency histogram for each version, about 5 KB for each stripe in use, and publishes its quantiles. Default: off. */
    public GateBuilder<I, O> latencyHistogram() {
        latencyHistogram = true;
        return this;
    }

    /**
     * Lets the gate start although the stable version that the control log names is not registered here: the previous version
     * serves, or the ladder where there is none. Default: the start fails.
     */
    public GateBuilder<I, O> startWithoutStable() {
        startWithoutStable = true;
        return this;
    }

    private String gate() {
        return "gate \"" + name + "\": ";
    }

    /** Says of what class all its versions' answers are, as far as the gate sees them. Default: any. */
    void answer(Class<?> type) {
        answer = type;
    }

    GateConfig<I, O> build() {
        String serving = stableById == null ? stable : stableById;
        if (serving == null) {
            throw new IllegalArgumentException(gate() + "it has no stable version; add stable(id, model)");
        }
        List<String> ids = versions.stream().map(VersionBuilder::id).toList();
        if (!ids.contains(serving)) {
            throw new IllegalArgumentException(
                    gate() + "stable is \"" + serving + "\", but it has no such version; it has " + ids);
        }
        if (tokens == null && !(budgets.isEmpty() && runaways.isEmpty())) {
            throw new IllegalArgumentException(
                    gate() + "it has budgets or limits on runaways, but does not say how to count; add tokens(…)");
        }
        for (Budget budget : budgets) {
            if (budget.per() instanceof Per.Attribute per && !attributes.contains(per.name())) {
                throw new IllegalArgumentException(
                        gate() + "budget \"" + budget.name() + "\" is per attribute \"" + per.name()
                                + "\", which the gate does not declare; declared are " + attributes
                                + "; add attributes(\"" + per.name() + "\")");
            }
        }
        if (modelTimeoutNanos != Long.MAX_VALUE && modelTimeoutNanos >= deadlineNanos) {
            throw new IllegalArgumentException(gate() + "modelTimeout is " + Duration.ofNanos(modelTimeoutNanos)
                    + " and deadline is " + Duration.ofNanos(deadlineNanos)
                    + ": the model timeout must be shorter, the difference is the ladder's");
        }
        return new GateConfig<>(
                name,
                serving,
                List.copyOf(versions),
                Set.copyOf(attributes),
                breaker,
                rateLimit,
                maxConcurrent,
                modelTimeoutNanos,
                deadlineNanos,
                accept,
                router,
                fallback,
                List.copyOf(budgets),
                List.copyOf(runaways),
                tokens,
                enforceTimeouts,
                cutInFlightOnKill,
                latencyHistogram,
                startWithoutStable,
                List.copyOf(metrics),
                List.copyOf(labels),
                answer);
    }
}
