/** What the starter adds to the start of an application: starts it with and without, each time in a JVM of its own. */
@NullMarked
package io.modelgate.benchmarks.spring;

import org.jspecify.annotations.NullMarked;
