/** The application without ModelGate. */
@NullMarked
package io.modelgate.benchmarks.spring.plain;

import org.jspecify.annotations.NullMarked;
