/** BudgetLedger: ceilings on tokens and money that are reserved before a call and settled after it, and the limits that stop a runaway session. */
@NullMarked
package io.modelgate.budget;

import org.jspecify.annotations.NullMarked;
