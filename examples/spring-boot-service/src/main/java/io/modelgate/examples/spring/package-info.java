/** A credit service over HTTP, whose models are behind gates. */
@NullMarked
package io.modelgate.examples.spring;

import org.jspecify.annotations.NullMarked;
