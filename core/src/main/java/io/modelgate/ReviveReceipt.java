package io.modelgate;

import io.modelgate.control.Entry;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What a revive releases and what it leaves engaged. It takes effect only once it is stored. Thread-safe. */
public final class ReviveReceipt extends Receipt {

    private final List<Kill> released;
    private final List<Kill> stillEngaged;

    ReviveReceipt(String id, CompletableFuture<Entry> stored, List<Kill> released, List<Kill> stillEngaged) {
        super(id, stored);
        this.released = released;
        this.stillEngaged = stillEngaged;
    }

    /** The kills that it releases. */
    public List<Kill> released() {
        return released;
    }

    /** The kills that still turn off some or all of the same scope: kills of the fleet, the gate or the version. */
    public List<Kill> stillEngaged() {
        return stillEngaged;
    }
}
