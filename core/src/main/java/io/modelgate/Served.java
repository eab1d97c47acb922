package io.modelgate;

/**
 * A version in one snapshot.
 *
 * @param version what runs
 * @param killSwitch the kills of the fleet, the gate and the version: what bars an invocation
 * @param ownSwitch the kills of the version alone: what taints the answers that it gave before
 */
record Served<I, O>(RegisteredVersion<I, O> version, Switch killSwitch, Switch ownSwitch) {}
