/** What a call through a gate costs, beside the same call through its peers. */
@NullMarked
package io.modelgate.benchmarks;

import org.jspecify.annotations.NullMarked;
