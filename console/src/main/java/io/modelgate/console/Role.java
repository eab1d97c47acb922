package io.modelgate.console;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an operator may do at the console. Each role may do what those before it may. */
public enum Role {
    /** Sees everything, changes nothing. */
    VIEWER,
    /** Makes things safer: kills, pauses and aborts rollouts, rolls back. */
    OPERATOR,
    /** Lets traffic return or grow: revives, resumes, approves, promotes. */
    APPROVER,
    /** Releases kills of the whole fleet. */
    ADMIN;

    /** The role of a word in lower case; empty if there is none. */
    static Optional<Role> parse(String word) {
        return Arrays.stream(values()).filter(role -> role.word().equals(word)).findFirst();
    }

    /** The words of all roles, the least first. */
    static List<String> words() {
        return Arrays.stream(values()).map(Role::word).toList();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether this role may do what another one may. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
