/** The same application, whose model is behind a gate. */
@NullMarked
package io.modelgate.benchmarks.spring.gated;

import org.jspecify.annotations.NullMarked;
