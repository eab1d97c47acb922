/** The application that docs/spring.md begins with. */
@NullMarked
package io.modelgate.examples.guide;

import org.jspecify.annotations.NullMarked;
