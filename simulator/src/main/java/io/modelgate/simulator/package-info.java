/** Replays rollout policies over scenarios, thousands of times, on the controller and the guardrails that run in production. */
@NullMarked
package io.modelgate.simulator;

import org.jspecify.annotations.NullMarked;
