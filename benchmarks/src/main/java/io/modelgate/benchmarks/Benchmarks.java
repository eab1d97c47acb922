package io.modelgate.benchmarks;

import java.util.List;

/** The headline set, in the order in which a round runs it: what is compared stands together. */
final class Benchmarks {

    static final List<Named> ALL = List.of(
            new Named(Floor.class, "volatileRead"),
            new Named(Lookups.class, "switchRead"),
            new Named(Floor.class, "hash"),
            new Named(Lookups.class, "route"),
            new Named(Lookups.class, "routeAgain"),
            new Named(Floor.class, "longAdder"),
            new Named(Calls.class, "killed"),
            new Named(Peers.class, "launchDarklyBoolean"),
            new Named(Calls.class, "callAgain"),
            new Named(Calls.class, "call"),
            new Named(Calls.class, "decideLabelled"),
            new Named(RecordedCalls.class, "callRecorded"),
            new Named(RecordedCalls.class, "offer"),
            new Named(GuardedCalls.class, "callGuarded"),
            new Named(GuardedCalls.class, "callGuardedBy16"),
            new Named(ShadowedCalls.class, "callUnshadowed"),
            new Named(ShadowedCalls.class, "callShadowed"),
            new Named(Proxies.class, "gatedProxy"),
            new Named(Floor.class, "floor"),
            new Named(AsyncCalls.class, "callAsync"),
            new Named(AsyncCalls.class, "completableFuture"),
            new Named(EightGates.class, "callEightGates"),
            new Named(Errors.class, "callErrors"),
            new Named(Peers.class, "handRolledNoLimiter"),
            new Named(Calls.class, "callFull"),
            new Named(Peers.class, "handRolled"),
            new Named(Peers.class, "resilience4j"),
            new Named(Calls.class, "bareCall"),
            new Named(EightGates.class, "bareEightModels"),
            new Named(Errors.class, "bareErrors"),
            new Named(Spending.class, "reserveSettle"),
            new Named(Spending.class, "reserveSettleThree"),
            new Named(Spending.class, "bucket4j"),
            new Named(Spending.class, "reserveSettleShared"),
            new Named(Spending.class, "bucket4jShared"),
            new Named(ManySessions.class, "sessions1m"),
            new Named(ManySessions.class, "caffeine1m"),
            new Named(Ticks.class, "tick1000"));

    /** What a control log on Redis costs a call, which has to be nothing. They need a redis-server, so {@code --fleet} runs them. */
    static final List<Named> FLEET = List.of(
            new Named(Floor.class, "floor"),
            new Named(Calls.class, "call"),
            new Named(RedisCalls.class, "callOnRedis"),
            new Named(Calls.class, "decide"),
            new Named(RedisCalls.class, "decideOnRedis"));

    private Benchmarks() {}

    /**
     * A benchmark.
     *
     * @param owner the class that holds it
     * @param name the method, and the name in every report
     */
    record Named(Class<?> owner, String name) {}
}
