/** An agent behind one gate: what it may spend is a ceiling, whatever it does. */
@NullMarked
package io.modelgate.examples.agent;

import org.jspecify.annotations.NullMarked;
