/** Manual time, scripted models and compatibility kits for testing gates and whatever is plugged into them. */
@NullMarked
package io.modelgate.testkit;

import org.jspecify.annotations.NullMarked;
