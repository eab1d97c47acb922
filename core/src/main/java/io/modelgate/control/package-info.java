/** The control log: every decision of an actor is an entry in it, and the snapshot that serving code reads is a fold over it. */
@NullMarked
package io.modelgate.control;

import org.jspecify.annotations.NullMarked;
