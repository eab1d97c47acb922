package io.modelgate.rollout;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a pair of versions stands, as this process sees it. Immutable.
 *
 * @param serving which of the two is stable; null if neither is
 * @param idle the other one; null if neither is stable
 * @param warmed when the idle version last answered all of the calls that keep it warm, here; null if it has not yet since this process began or
 *     since it last served
 * @param cold what went wrong with the latest of them; null if nothing did
 */
public record BlueGreenStatus(
        @Nullable String serving,
        @Nullable String idle,
        @Nullable Instant warmed,
        @Nullable String cold) {}
