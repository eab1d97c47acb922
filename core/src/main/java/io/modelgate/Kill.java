package io.modelgate;

import java.time.Instant;

/**
 * One engaged kill switch: it stays engaged until a stored revive names its id. Immutable.
 *
 * @param id its unique id, which a revive names
 * @param scope what it turns off
 * @param actor who engaged it
 * @param reason why, in the actor's words
 * @param at when
 */
public record Kill(String id, Scope scope, Actor actor, String reason, Instant at) {}
