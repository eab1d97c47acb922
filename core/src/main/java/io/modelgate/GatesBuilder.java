package io.modelgate;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.control.ControlLog;
import io.modelgate.control.MemoryControlLog;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Configures {@link Gates}. Handed to the function given to {@link Gates#open}, and done when that returns. */
public final class GatesBuilder {

    Supplier<? extends ControlLog> log = MemoryControlLog::new;
    boolean startKilled;

    @Nullable
    MeterRegistry meters;

    Ticker ticker = Ticker.system();
    InstantSource instants = InstantSource.system();

    @Nullable
    Executor eventExecutor;

    GatesBuilder() {}

    /** Sets the control log; {@link Gates#close} closes it. Default: in memory, so that nothing survives a restart. */
    public GatesBuilder controlLog(ControlLog log) {
        this.log = () -> log;
        return this;
    }

    /**
     * Sets how to open the control log, for a process that must start even when the log refuses to open: with
     * {@link #startKilledIfLogRefuses()} its gates then start killed and say why.
     */
    public GatesBuilder controlLog(Supplier<? extends ControlLog> open) {
        log = open;
        return this;
    }

    /** Starts all gates killed, until a restart, when the control log refuses to open. Default: the start fails. */
    public GatesBuilder startKilledIfLogRefuses() {
        startKilled = true;
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

    /** Sets what runs the listeners of events, in order and one at a time. Default: one daemon thread. */
    public GatesBuilder eventExecutor(Executor executor) {
        eventExecutor = executor;
        return this;
    }
}
