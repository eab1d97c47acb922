/** Runnable services that put a gate in front of real models. */
@NullMarked
package io.modelgate.examples;

import org.jspecify.annotations.NullMarked;
