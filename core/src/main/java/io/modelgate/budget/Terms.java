package io.modelgate.budget;

import org.jspecify.annotations.Nullable;

/** What a version costs and which accounts are its own. Immutable. */
final class Terms {

    final @Nullable Price price;
    private final @Nullable Account[] accounts;

    Terms(@Nullable Price price, @Nullable Account[] accounts) {
        this.price = price;
        this.accounts = accounts.clone();
    }

    /** Its own account under a ceiling; null if that is not one for each version. */
    @Nullable
    Account account(int ceiling) {
        return accounts[ceiling];
    }
}
