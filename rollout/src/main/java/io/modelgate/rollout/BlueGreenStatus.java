package io.modelgate.rollout;

import java.time.Instant;
import java.util.Optional;

/**
 * Where a pair of versions stands, as this process sees it. Immutable.
 *
 * @param serving which of the two is stable; empty if neither is
 * @param idle the other one; empty if neither is stable
 * @param warmed when the idle version last answered all of the calls that keep it warm, here; empty if it has not yet since this process began or
 *     since it last served
 * @param cold what went wrong with the latest of them; empty if nothing did
 */
public record BlueGreenStatus(
        Optional<String> serving, Optional<String> idle, Optional<Instant> warmed, Optional<String> cold) {}
