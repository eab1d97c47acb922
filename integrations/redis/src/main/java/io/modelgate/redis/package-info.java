/** The control log and budgets of a fleet, on Redis or Valkey. */
@NullMarked
package io.modelgate.redis;

import org.jspecify.annotations.NullMarked;
