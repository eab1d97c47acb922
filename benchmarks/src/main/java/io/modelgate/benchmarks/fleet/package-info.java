/** How fast a kill reaches a fleet on one Redis, measured with real processes. */
@NullMarked
package io.modelgate.benchmarks.fleet;

import org.jspecify.annotations.NullMarked;
