package io.modelgate.budget;

/** What the budgets of a gate say to a call: a reservation that has to be settled, or a refusal. */
public sealed interface Admission permits Reservation, Refusal {}
