package io.modelgate.fallback;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Fallback;
import io.modelgate.Fallen;
import io.modelgate.Outcome;
import io.modelgate.Ticker;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The ordered fallbacks of one gate: each is tried in turn until one answers a call that the model did not.
 *
 * <pre>{@code
 * Ladder.of(l -> l
 *     .previousVersion()
 *     .lastGood((applicant, caller) -> applicant.id())
 *     .rule("debt-ratio", Rules::debtRatio)
 *     .degrade(Decision.REFER_TO_HUMAN))
 * }</pre>
 *
 * <p>A rung is passed over if it is limited to other causes, if as many calls are in it as its bound allows, if no time
 * is left or the thread is interrupted, if it has no answer, or if it throws an exception; an {@link Error} propagates.
 * A constant needs neither time nor room. An answer that comes late is used all the same: it is there, and no worse than
 * the constant after it. A ladder whose last rung gives no answer ends in hard failure. {@code docs/ladder.md} says more.
 *
 * <p>A ladder belongs to one gate; it is checked when it is made, never changes, and is thread-safe.
 *
 * @param <I> what the model is asked
 * @param <O> what it answers
 */
public final class Ladder<I, O> implements Fallback<I, O> {

    private final List<BoundedRung<I, O>> all;
    private final Map<Cause, List<BoundedRung<I, O>>> byCause = new EnumMap<>(Cause.class);
    private final boolean remembers;
    private final AtomicReference<@Nullable String> gate;

    private Ladder(Builder<I, O> builder) {
        all = List.copyOf(builder.rungs);
        gate = builder.gate;
        remembers = all.stream().anyMatch(r -> r.rung() instanceof LastGood);
        for (Cause cause : Cause.values()) {
            List<BoundedRung<I, O>> rungs = new ArrayList<>();
            for (BoundedRung<I, O> rung : all) {
                if (rung.rung().causes().contains(cause)) {
                    rungs.add(rung);
                    if (rung.rung().ends()) {
                        break;
                    }
                }
            }
            byCause.put(cause, List.copyOf(rungs));
        }
    }

    /**
     * Makes a ladder of the rungs that the lambda adds.
     *
     * @throws IllegalArgumentException if a rung is wrong, could never be reached, or there is none; the message names it
     *     and the fix
     */
    public static <I, O> Ladder<I, O> of(Consumer<Builder<I, O>> rungs) {
        return of(Ticker.system(), rungs);
    }

    /**
     * Makes a ladder that reads elapsed time (the age of remembered answers, the minute between two log lines) from the
     * given ticker.
     *
     * @throws IllegalArgumentException as {@link #of(Consumer)} does
     */
    public static <I, O> Ladder<I, O> of(Ticker ticker, Consumer<Builder<I, O>> rungs) {
        Builder<I, O> builder = new Builder<>(ticker);
        rungs.accept(builder);
        if (builder.rungs.isEmpty()) {
            throw new IllegalArgumentException(
                    "the ladder has no rung: add one, or fail() if a call without an answer is to fail hard");
        }
        return new Ladder<>(builder);
    }

    @Override
    public List<String> rungs() {
        return answering().stream().map(r -> r.rung().name()).toList();
    }

    @Override
    public Optional<Rescue<O>> answer(Fallen<I, O> call) {
        for (BoundedRung<I, O> rung : rungs(call.cause())) {
            Optional<Rescue<O>> rescue = rung.answer(call);
            if (rescue.isPresent()) {
                return rescue;
            }
        }
        return Optional.empty();
    }

    /**
     * The constant that answers every call which the whole gate refuses for this cause; empty if a rule or a remembered
     * answer comes before it, or if there is none. No version may answer such a call, so {@code previousVersion} does not
     * count.
     */
    @Override
    public Optional<Rescue<O>> constant(Cause cause) {
        for (BoundedRung<I, O> rung : rungs(cause)) {
            if (rung.rung() instanceof Degrade<I, O> degrade) {
                return degrade.rescue();
            }
            if (!(rung.rung() instanceof PreviousVersion)) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }

    @Override
    public boolean remembers() {
        return remembers;
    }

    @Override
    public void remember(I input, Caller caller, String version, O answer) {
        for (BoundedRung<I, O> rung : all) {
            rung.remember(input, caller, version, answer);
        }
    }

    /**
     * Claims this ladder for a gate.
     *
     * @throws IllegalArgumentException if it belongs to a gate with another name: the answers that it remembers for one
     *     model would be served for the other
     */
    @Override
    public void check(String gate) {
        String owner = this.gate.compareAndExchange(null, gate);
        if (owner != null && !owner.equals(gate)) {
            throw new IllegalArgumentException("the ladder of gate " + gate + " is the ladder of gate " + owner
                    + ": two gates cannot share one; make another with Ladder.of");
        }
    }

    /** What became of the calls that reached each rung, in order; the parts of one rung are read one after the other. */
    public List<RungStats> stats() {
        return answering().stream().map(BoundedRung::stats).toList();
    }

    private List<BoundedRung<I, O>> answering() {
        return all.stream().filter(r -> !(r.rung() instanceof Fail)).toList();
    }

    private List<BoundedRung<I, O>> rungs(Cause cause) {
        return byCause.getOrDefault(cause, List.of());
    }

    /**
     * The rungs of a ladder in the making: each method adds one below those before it. Not thread-safe; used inside the
     * lambda of {@link Ladder#of(Consumer)} and not after.
     *
     * <p>Each method throws {@link IllegalArgumentException} if the rung is wrong, if its name is taken, or if the rungs
     * before it end in a constant or in hard failure for every cause that it answers.
     *
     * @param <I> what the model is asked
     * @param <O> what it answers
     */
    public static final class Builder<I, O> {

        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

        private final Ticker ticker;
        private final AtomicReference<@Nullable String> gate = new AtomicReference<>();
        private final List<BoundedRung<I, O>> rungs = new ArrayList<>();
        private final Set<Cause> open = EnumSet.allOf(Cause.class);

        private Builder(Ticker ticker) {
            this.ticker = required("the ladder", "ticker", ticker);
        }

        /** Adds the rung {@code previousVersion}: the latest earlier stable that may serve, with the time that is left. */
        public Builder<I, O> previousVersion() {
            return previousVersion(r -> {});
        }

        /** Adds the rung {@code previousVersion} with options. */
        public Builder<I, O> previousVersion(Consumer<RungOptions> options) {
            RungOptions set = new RungOptions(PreviousVersion.NAME, PreviousVersion.POSSIBLE);
            options.accept(set);
            return add(new PreviousVersion<>(set.causes()), set.maxConcurrent());
        }

        /**
         * Adds the rung {@code lastGood}: the last good answer to a call with the same key, for as long as the version
         * that gave it may serve. The answer's provenance is that version.
         *
         * @param key makes the key of a call; quick and thread-safe. Calls with equal keys get each other's answers, so
         *     it must hold everything that the answer depends on. Null: this call is not remembered and gets no answer;
         *     so if it throws
         */
        public Builder<I, O> lastGood(BiFunction<? super I, ? super Caller, ? extends @Nullable Object> key) {
            return lastGood(key, r -> {});
        }

        /** Adds the rung {@code lastGood} with options. */
        public Builder<I, O> lastGood(
                BiFunction<? super I, ? super Caller, ? extends @Nullable Object> key,
                Consumer<LastGoodOptions> options) {
            LastGoodOptions set = new LastGoodOptions();
            options.accept(set);
            required(set.name(), "key", key);
            return add(new LastGood<>(key, set, ticker), set.rung().maxConcurrent());
        }

        /**
         * Adds a rule.
         *
         * @param name 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit
         */
        public Builder<I, O> rule(String name, Rule<? super I, ? extends O> rule) {
            return rule(name, rule, r -> {});
        }

        /**
         * Adds a rule with options.
         *
         * @param name 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit
         */
        public Builder<I, O> rule(String name, Rule<? super I, ? extends O> rule, Consumer<RungOptions> options) {
            required(name, "rule", rule);
            return ruleInContext(name, (input, fallen) -> rule.apply(input), options);
        }

        /**
         * Adds a rule that wants to know why the model did not answer, who asked, or how much time is left.
         *
         * @param name 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit
         */
        public Builder<I, O> ruleInContext(String name, RuleInContext<I, O> rule) {
            return ruleInContext(name, rule, r -> {});
        }

        /**
         * Adds a rule that wants to know its call, with options.
         *
         * @param name 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit
         */
        public Builder<I, O> ruleInContext(String name, RuleInContext<I, O> rule, Consumer<RungOptions> options) {
            required(name, "rule", rule);
            RungOptions set = new RungOptions(name, Rung.AT_WORK);
            options.accept(set);
            return add(new RuleRung<>(name, set.causes(), rule), set.maxConcurrent());
        }

        /** Adds the rung {@code degrade}: a constant, which cannot fail and needs no time. */
        public Builder<I, O> degrade(O answer) {
            return constant(Degrade.NAME, answer, Rung.ANY);
        }

        /**
         * Adds a constant for some causes only.
         *
         * @param name 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit
         */
        public Builder<I, O> degradeOn(String name, O answer, Cause first, Cause... more) {
            return constant(name, answer, Collections.unmodifiableSet(EnumSet.of(first, more)));
        }

        /** Ends in hard failure, which a ladder without a constant does anyway: this says that it is meant. */
        public Builder<I, O> fail() {
            return add(new Fail<>(Rung.ANY), 0);
        }

        /** Ends in hard failure for some causes only: calls with another cause go on. */
        public Builder<I, O> failOn(Cause first, Cause... more) {
            return add(new Fail<>(Collections.unmodifiableSet(EnumSet.of(first, more))), 0);
        }

        private Builder<I, O> constant(String name, O answer, Set<Cause> causes) {
            required(name, "answer", answer);
            return add(new Degrade<>(name, causes, Optional.of(new Rescue<>(name, answer, null))), 0);
        }

        private Builder<I, O> add(Rung<I, O> rung, int maxConcurrent) {
            if (!(rung instanceof Fail)) {
                checkName(rung.name());
            }
            if (Collections.disjoint(open, rung.causes())) {
                throw new IllegalArgumentException(
                        "rung " + rung.name() + " is never reached: the rungs before it end in"
                                + " a constant or in hard failure for " + rung.causes() + "; move it up or remove it");
            }
            if (rung.ends()) {
                open.removeAll(rung.causes());
            }
            rungs.add(new BoundedRung<>(rung, maxConcurrent, () -> String.valueOf(gate.get()), ticker));
            return this;
        }

        private void checkName(String name) {
            if (name == null || !NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("rung name is " + (name == null ? null : "\"" + name + "\"")
                        + ": expected 1 to 100 letters, digits, '.', '_' or '-', starting with a letter or digit");
            }
            if (name.equals(Outcome.STABLE) || name.equals(Fail.NAME)) {
                throw new IllegalArgumentException("rung name is \"" + name
                        + "\", which is reserved: metrics and outcomes mean something else by it; choose another");
            }
            if (rungs.stream().anyMatch(r -> r.rung().name().equals(name))) {
                throw new IllegalArgumentException("rung name is \"" + name
                        + "\", which an earlier rung of this ladder has: give each rung a name of its own");
            }
        }

        private static <T> T required(String rung, String parameter, @Nullable T value) {
            if (value == null) {
                throw new IllegalArgumentException("rung " + rung + ": " + parameter + " is null: expected a value");
            }
            return value;
        }
    }
}
