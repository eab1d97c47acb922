/** Rollouts move callers from stable to candidate, step by step, while the evidence for their guardrails allows it. */
@NullMarked
package io.modelgate.rollout;

import org.jspecify.annotations.NullMarked;
