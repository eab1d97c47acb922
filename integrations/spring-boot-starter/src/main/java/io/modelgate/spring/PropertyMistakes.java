package io.modelgate.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is wrong with properties, gathered, so that all of it is said at once. For use by one thread. */
final class PropertyMistakes {

    private final List<Mistake> all = new ArrayList<>();

    /**
     * One mistake.
     *
     * @param property the property, as a properties file writes it
     * @param text what is wrong and what to do
     */
    record Mistake(String property, String text) {
        @Override
        public String toString() {
            return property + ": " + text;
        }
    }

    /** Thrown with all of them. An {@link IllegalArgumentException}, so that what lists mistakes lists these too. */
    static final class Refusal extends IllegalArgumentException {

        private static final long serialVersionUID = 1;

        private final transient List<Mistake> mistakes;

        Refusal(List<Mistake> mistakes, @Nullable Throwable cause) {
            super(String.join("\n  ", mistakes.stream().map(Mistake::toString).toList()), cause);
            this.mistakes = List.copyOf(mistakes);
        }

        List<Mistake> mistakes() {
            return mistakes;
        }
    }

    void add(String property, String text) {
        all.add(new Mistake(property, text));
    }

    /** Hands a value to what takes and checks it, unless there is none. */
    <T> void set(String property, @Nullable T value, Consumer<T> setter) {
        if (value == null) {
            return;
        }
        try {
            setter.accept(value);
        } catch (Refusal e) {
            all.addAll(e.mistakes());
        } catch (IllegalArgumentException e) {
            add(property, String.valueOf(e.getMessage()));
        }
    }

    /** A user without a password, or the reverse, is a mistake. */
    void requireLogin(String at, @Nullable String user, @Nullable String password) {
        if ((user == null) != (password == null)) {
            add(at + (user == null ? "user" : "password"), "is missing: set both, or neither");
        }
    }

    /** A value that is missing where it is wanted, or is there where it means nothing, is a mistake. */
    boolean requireOnly(String property, @Nullable Object value, boolean wanted, String missing, String unwanted) {
        if (wanted == (value != null)) {
            return true;
        }
        add(property, wanted ? missing : unwanted);
        return false;
    }

    /** Throws if there are any. */
    void refuse() {
        if (!all.isEmpty()) {
            throw new Refusal(all, null);
        }
    }

    static Refusal refusal(String property, String text, @Nullable Throwable cause) {
        return new Refusal(List.of(new Mistake(property, text)), cause);
    }
}
