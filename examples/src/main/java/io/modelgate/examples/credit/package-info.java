/** A credit decision behind one gate: real applications, trained models, and everything that goes wrong with them. */
@NullMarked
package io.modelgate.examples.credit;

import org.jspecify.annotations.NullMarked;
