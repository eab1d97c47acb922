package io.modelgate.rollout;

import java.time.Duration;

/**
 * When a person hears that a rollout is held up: paused, held, or waiting for an approval; or that it does not get on for want of callers,
 * for as long beyond its least time, or for the least time again where that is longer. Once, and once more. Immutable.
 *
 * @param after how long it is held up before the alert
 * @param escalation how long after the alert it is escalated, once
 */
public record PauseAlert(Duration after, Duration escalation) {}
