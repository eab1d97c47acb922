/** Manual time, scripted models, a real redis-server, a network that breaks, and compatibility kits for testing gates and whatever is plugged into them. */
@NullMarked
package io.modelgate.testkit;

import org.jspecify.annotations.NullMarked;
