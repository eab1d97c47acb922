/** Rollouts: they move callers from stable to a candidate, by weights in the control log. */
@NullMarked
package io.modelgate.rollout;

import org.jspecify.annotations.NullMarked;
