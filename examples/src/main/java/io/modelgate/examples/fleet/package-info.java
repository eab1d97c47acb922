/** A fleet of processes on one Redis, and a kill that each of them confirms. */
@NullMarked
package io.modelgate.examples.fleet;

import org.jspecify.annotations.NullMarked;
