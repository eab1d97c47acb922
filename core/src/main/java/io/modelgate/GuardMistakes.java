package io.modelgate;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with a guarded interface or class, all of it, for one message. */
final class GuardMistakes {

    private final String guarded;
    private final List<String> all = new ArrayList<>();
    private final List<RuntimeException> thrown = new ArrayList<>();

    GuardMistakes(String guarded) {
        this.guarded = guarded;
    }

    void add(Object where, String what) {
        all.add(where + ": " + what);
    }

    void add(RuntimeException refused) {
        all.add(String.valueOf(refused.getMessage()));
        thrown.add(refused);
    }

    /** The short name of a class, if it has one: some classes that no source file declares cannot even be asked. */
    static String name(Class<?> type) {
        return type.isHidden() || type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
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
        IllegalArgumentException refusal = new IllegalArgumentException(message.toString());
        thrown.forEach(refusal::addSuppressed); // where in the user's configuration
        throw refusal;
    }
}
