package io.modelgate.control;

import java.time.Duration;

/**
 * A process that serves from a control log, as it last reported itself. Immutable.
 *
 * @param name tells it from all others, those that ran before it included
 * @param applied the last entry that is in force there, with all before it
 * @param silentFor how long ago it reported, zero or more
 * @param live whether that is recent enough to count it among those that run
 */
public record Instance(String name, Head applied, Duration silentFor, boolean live) {}
