package io.modelgate;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.budget.BudgetsBuilder;
import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Configures {@link Gates}. Handed to the function given to {@link Gates#open}, and done when that returns. */
public final class GatesBuilder {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    Supplier<? extends ControlLog> log = MemoryControlLog::new;
    boolean startKilled;
    boolean standIn;

    /** Whether the log was handed over open, so that it cannot refuse to open any more. */
    boolean logIsOpen;

    @Nullable
    MeterRegistry meters;

    Ticker ticker = Ticker.system();
    InstantSource instants = InstantSource.system();

    Scheduler scheduler = Scheduler.system();

    @Nullable
    Executor eventExecutor;

    @Nullable
    Executor executor;

    @Nullable
    Executor ladderExecutor;

    Consumer<BudgetsBuilder> budgets = b -> {};

    final List<BiConsumer<String, GateBuilder<?, ?>>> eachGate = new ArrayList<>();

    @Nullable
    CallObserver observer;

    @Nullable
    Supplier<@Nullable String> traceIds;

    @Nullable
    DecisionRecordsBuilder records;

    @Nullable
    Faults faults;

    @Nullable
    Supplier<? extends @Nullable Caller> callers;

    Duration feedbackWithin = Duration.ofDays(90);

    FeedbackIds feedbackIds = FeedbackIds.inMemory(MemoryFeedbackIds.MOST);

    /** How stale the log may be before all gates are killed; null without limit. */
    @Nullable
    Duration staleLimit;

    GatesBuilder() {}

    /** Sets the control log; {@link Gates#close} closes it. Default: in memory, so that nothing survives a restart. */
    public GatesBuilder controlLog(ControlLog log) {
        this.log = () -> log;
        logIsOpen = true;
        return this;
    }

    /**
     * Sets how to open the control log, for a process that must start even when the log refuses to open: with
     * {@link #startKilledIfLogRefuses()} its gates then start killed and say why.
     */
    public GatesBuilder controlLog(Supplier<? extends ControlLog> open) {
        log = open;
        logIsOpen = false;
        return this;
    }

    /** Starts all gates killed, until a restart, when the control log refuses to open. Default: the start fails. */
    public GatesBuilder startKilledIfLogRefuses() {
        startKilled = true;
        return this;
    }

    /**
     * Says that the gates of this process serve nobody and only stand in for those of others, as an operators' console on the log of a fleet
     * has them: it is not among the processes that confirm a kill. Default: a process with gates serves.
     */
    public GatesBuilder standIn() {
        standIn = true;
        return this;
    }

    /**
     * Kills all gates in this process while it has not known for longer than {@code limit} that it has every decision of the control log,
     * and so could miss a kill. It ends by itself once the log is current again, is no entry, and no revive ends it. Until the gates are
     * closed the limit is looked at every 100 ms, or four times in its length if that is more often. Default: no limit, the last state is
     * served for as long as it takes. A log in memory or in a file is always current.
     *
     * @param limit one second to one day; well above the time in which the log notices that it is cut off
     * @throws IllegalArgumentException if it is out of range
     */
    public GatesBuilder killWhenStale(Duration limit) {
        if (limit.compareTo(Duration.ofSeconds(1)) < 0 || limit.compareTo(Duration.ofDays(1)) > 0) {
            throw new IllegalArgumentException("killWhenStale is " + limit + ": expected one second to one day");
        }
        staleLimit = limit;
        return this;
    }

    /** Publishes meters to the given registry; {@code docs/metrics.md} lists them. Default: none. */
    public GatesBuilder meters(MeterRegistry registry) {
        meters = registry;
        return this;
    }

    /** Sets the source of elapsed time. Default: the system's. */
    public GatesBuilder ticker(Ticker ticker) {
        this.ticker = ticker;
        return this;
    }

    /** Sets the source of the timestamps of control entries. Default: the system's. */
    public GatesBuilder instants(InstantSource instants) {
        this.instants = instants;
        return this;
    }

    /** Sets what enforces deadlines and looks after budgets. Default: one daemon thread of the process. */
    public GatesBuilder scheduler(Scheduler scheduler) {
        this.scheduler = scheduler;
        return this;
    }

    /**
     * Sets what runs synchronous models off the threads of their callers: those of gates that
     * {@linkplain GateBuilder#enforceTimeouts enforce timeouts} or {@linkplain GateBuilder#cutInFlightOnKill cut calls}, and those of
     * asynchronous calls. A task that it rejects is a {@linkplain Cause#FULL refusal}. Default: a virtual thread for each task where the
     * JDK has them, else daemon threads as needed.
     */
    public GatesBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /**
     * Sets what runs the ladders of asynchronous calls, and what a cut or a cancellation calls of users' code. Hung models must not be able
     * to take it up, so it is not the executor of the models. Default, and for tasks that it rejects: a virtual thread for each task where
     * the JDK has them, else daemon threads as needed.
     */
    public GatesBuilder ladderExecutor(Executor executor) {
        ladderExecutor = executor;
        return this;
    }

    /**
     * Configures every gate that these gates make, by {@link Gates#gate}, {@link Gates#guard} or {@link Gates#guarded}: given its name and
     * its builder after its own configuration and before it is built and checked. So what is set here takes the place of what the
     * gate's own code set; see {@link GateBuilder} for what is added instead. May be given several times, and then comes in that order.
     * Called by the thread that makes the gate; what it throws keeps the gate from being made, and an {@link IllegalArgumentException} is
     * among the mistakes that {@link Gates#guard} lists.
     */
    public GatesBuilder eachGate(BiConsumer<String, GateBuilder<?, ?>> configure) {
        eachGate.add(configure);
        return this;
    }

    /** Has every call of these gates observed. Default: none; then it costs a call nothing. */
    public GatesBuilder observe(CallObserver observer) {
        this.observer = observer;
        return this;
    }

    /**
     * Sets what tells the trace of a call, for those who {@linkplain Gates#onServed listen} to calls: asked once for each call to which somebody
     * listens, on the thread that makes it, so it should look up and not compute. Default: none.
     */
    public GatesBuilder traceIds(Supplier<@Nullable String> current) {
        traceIds = current;
        return this;
    }

    /**
     * Sets for how long after an outcome {@linkplain ModelGate#feedback feedback} is taken; the same in all processes. Default: 90 days.
     *
     * @param longest one minute to ten years of 365 days
     * @throws IllegalArgumentException if it is out of range
     */
    public GatesBuilder feedbackWithin(Duration longest) {
        if (longest.compareTo(Duration.ofMinutes(1)) < 0 || longest.compareTo(Duration.ofDays(3650)) > 0) {
            throw new IllegalArgumentException("feedbackWithin is " + longest + ": expected one minute to 3650 days");
        }
        feedbackWithin = longest;
        return this;
    }

    /**
     * Sets what remembers which feedback was given, so that each label of an outcome is taken once; {@link Gates#close} closes it. Default:
     * {@link FeedbackIds#inMemory} for 250,000, so that what was given before a restart, or to another process, is taken again.
     */
    public GatesBuilder feedbackIds(FeedbackIds ids) {
        feedbackIds = ids;
        return this;
    }

    /**
     * Keeps a record of every call, in a sink: {@code docs/decision-records.md}. A call costs that one offer to a bounded queue; what is lost is
     * counted in meters. {@link Gates#close} writes what is left and closes the sink. Default: none.
     *
     * @throws IllegalArgumentException if there is a sink already; then both are closed, as nobody else would
     */
    public GatesBuilder decisionRecords(DecisionSink sink) {
        return decisionRecords(sink, r -> {});
    }

    /**
     * Keeps a record of every call, as {@link #decisionRecords(DecisionSink)} does.
     *
     * @param configure says of which gates, and what beside the outcome
     * @throws IllegalArgumentException if there is a sink already; then both are closed, as nobody else would
     */
    public GatesBuilder decisionRecords(DecisionSink sink, Consumer<DecisionRecordsBuilder> configure) {
        if (records != null) {
            close(records.sink);
            close(sink);
            throw new IllegalArgumentException(
                    "decisionRecords is given twice: a process has one sink of them; keep one, which may write to several places");
        }
        DecisionRecordsBuilder builder = new DecisionRecordsBuilder(sink);
        configure.accept(builder);
        records = builder;
        return this;
    }

    private static void close(DecisionSink sink) {
        try {
            sink.close();
        } catch (IOException | RuntimeException e) {
            LOG.warn("a sink of decision records that was given twice could not be closed", e);
        }
    }

    /** Lets a test have versions of these gates do something in place of their models. Default: none; then it costs a call nothing. */
    public GatesBuilder faults(Faults faults) {
        this.faults = faults;
        return this;
    }

    /**
     * Sets who asks where a {@link Gated} method has no parameter that says so: neither a {@link Caller} nor one annotated {@link CallerKey} or
     * {@link SessionId}. Attributes of its parameters are added to that caller. Asked on the thread that calls the method, once for each
     * call and before its gate. Where the method returns an {@link AnswerType} and nobody is known there, it is asked again by each thread that uses or
     * subscribes to what was returned. What it throws, whoever calls or subscribes gets. Default, and where it gives null: the caller is anonymous.
     */
    public GatesBuilder callers(Supplier<? extends @Nullable Caller> whoAsks) {
        callers = whoAsks;
        return this;
    }

    /**
     * Configures what the budgets of all gates share: prices, the durable ledger, how many sessions are kept. May be given several times, and
     * then comes in that order.
     */
    public GatesBuilder budgets(Consumer<BudgetsBuilder> configure) {
        budgets = budgets.andThen(configure);
        return this;
    }

    /** Sets what runs the listeners of events, in order and one at a time. Default: one daemon thread. */
    public GatesBuilder eventExecutor(Executor executor) {
        eventExecutor = executor;
        return this;
    }
}
