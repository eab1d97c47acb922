package io.modelgate;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a guarded interface, all of it, for one message. */
final class GuardMistakes {

    private final String guarded;
    private final List<String> all = new ArrayList<>();

    GuardMistakes(String guarded) {
        this.guarded = guarded;
    }

    void add(Object where, String what) {
        all.add(where + ": " + what);
    }

    void add(RuntimeException refused) {
        all.add(String.valueOf(refused.getMessage()));
    }

    void refuse() {
        if (all.isEmpty()) {
            return;
        }
        StringBuilder message = new StringBuilder(guarded)
                .append(" cannot be guarded, ")
                .append(all.size() == 1 ? "1 mistake:" : all.size() + " mistakes:");
        for (int i = 0; i < all.size(); i++) {
            message.append("\n  ").append(i + 1).append(". ").append(all.get(i));
        }
        throw new IllegalArgumentException(message.toString());
    }
}
