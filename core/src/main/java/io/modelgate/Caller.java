package io.modelgate;

import io.modelgate.budget.Spender;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who asks: a key, an optional session, and attributes.
 *
 * <p>The key decides the cohort: the same key gets the same version. A caller without a key always gets stable. Keep a
 * caller for as long as a request lives, so that its key is hashed once however many gates the request crosses.
 * Immutable and thread-safe.
 */
public final class Caller {

    private static final String[] NONE = {};
    private static final Caller ANONYMOUS = new Caller(null, null, NONE, 0);

    private final @Nullable String key;
    private final @Nullable String session;
    private final String[] attributes; // name, value, name, value …

    /** Hash of the key, 0 until computed; a race computes the same value twice. */
    private int hash;

    /** The accounts of this caller under the budgets that it met last; a race looks them up twice. */
    private @Nullable Spender spender;

    private Caller(@Nullable String key, @Nullable String session, String[] attributes, int hash) {
        this.key = key;
        this.session = session;
        this.attributes = attributes;
        this.hash = hash;
    }

    /**
     * Returns the caller with the given key, for instance a user id.
     *
     * @param key 1 or more characters; equal keys fall into equal cohorts
     * @throws IllegalArgumentException if the key is empty: use {@link #anonymous()}
     */
    public static Caller of(String key) {
        if (key.isEmpty()) {
            throw new IllegalArgumentException("key is empty: use Caller.anonymous() for a caller without one");
        }
        return new Caller(key, null, NONE, 0);
    }

    /** A caller of all its parts; without a key it is like {@link #anonymous()}. The attributes are names, checked, and their values. */
    static Caller made(@Nullable String key, @Nullable String session, String[] attributes) {
        if (key != null && key.isEmpty()) {
            throw new IllegalArgumentException("key is empty: use null for a caller without one");
        }
        return new Caller(key, session, attributes, 0);
    }

    /** Returns a caller without a key: it is never part of a cohort. */
    public static Caller anonymous() {
        return ANONYMOUS;
    }

    /**
     * Returns this caller in the given session. Budgets and limits know it by this name in all gates and for all callers: it has to be one
     * of its kind, and not the client's to choose.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public Caller session(String session) {
        if (session.isEmpty()) {
            throw new IllegalArgumentException("session is empty: leave it out for a caller without one");
        }
        return new Caller(key, session, attributes, hash);
    }

    /**
     * Returns this caller with an attribute set to a value, replacing an earlier value of the same attribute.
     *
     * @throws IllegalArgumentException if the name is not 1 to 100 letters, digits, '.', '_' or '-'
     */
    public Caller with(String attribute, String value) {
        Names.name("attribute", attribute);
        for (int i = 0; i < attributes.length; i += 2) {
            if (attributes[i].equals(attribute)) {
                String[] replaced = attributes.clone();
                replaced[i + 1] = value;
                return new Caller(key, session, replaced, hash);
            }
        }
        String[] added = Arrays.copyOf(attributes, attributes.length + 2);
        added[attributes.length] = attribute;
        added[attributes.length + 1] = value;
        return new Caller(key, session, added, hash);
    }

    /** The key, absent for an anonymous caller. */
    public Optional<String> key() {
        return Optional.ofNullable(key);
    }

    /** The session, if there is one. */
    public Optional<String> session() {
        return Optional.ofNullable(session);
    }

    /** The value of an attribute, absent if this caller does not carry it. */
    public Optional<String> attribute(String name) {
        return Optional.ofNullable(attributeOrNull(name));
    }

    /** Whether this caller has a key, without which it belongs to no cohort. */
    public boolean hasKey() {
        return key != null;
    }

    /**
     * The 32-bit hash of the key: murmur3-x86-32 with seed 0 over the key's UTF-8 bytes, computed once per caller; 0 for
     * an anonymous caller. {@code docs/bucketing.md} says how cohorts follow from it.
     */
    public int keyHash() {
        int h = hash;
        if (h == 0 && key != null) {
            h = Murmur3.hash(key);
            hash = h;
        }
        return h;
    }

    /**
     * An equal caller, for code that leaves the serving path. A caller that is made for one call and stays on that path is never
     * allocated; handing itself on, even where that never happens, would have it allocated for every call.
     */
    Caller copy() {
        Caller copy = new Caller(key, session, attributes, hash);
        copy.spender = spender;
        return copy;
    }

    /** The hash of the key if it was computed, else 0. */
    int knownHash() {
        return hash;
    }

    /** A caller of the parts of another. */
    static Caller again(@Nullable String key, @Nullable String session, String[] attributes, int hash) {
        return new Caller(key, session, attributes, hash);
    }

    /** The accounts of this caller under the budgets of a gate, looked up once for as long as both are kept. */
    Spender resolved(Spending<?, ?> spending, long now) {
        Spender known = spender;
        if (known == null || !spending.resolved(known)) {
            known = spending.resolve(copy(), now);
            spender = known;
        }
        return known;
    }

    /** The session as {@link #session()} has it, or null. */
    @Nullable
    String sessionOrNull() {
        return session;
    }

    /** The attributes as name, value, name, value …; shared, not to be changed. */
    String[] attributePairs() {
        return attributes;
    }

    /** The key as {@link #key()} has it, or null: for routers, which run on the hot path and may not allocate. */
    public @Nullable String keyOrNull() {
        return key;
    }

    /** The value that {@link #attribute} has, or null: for routers, which run on the hot path and may not allocate. */
    public @Nullable String attributeOrNull(String name) {
        return value(attributes, name);
    }

    /** The value of a name in a row of name, value, name, value …; null if it is not there. */
    static @Nullable String value(String[] pairs, String name) {
        for (int i = 0; i < pairs.length; i += 2) {
            if (pairs[i].equals(name)) {
                return pairs[i + 1];
            }
        }
        return null;
    }

    /** Names the attributes only: a key, a session or a value never gets into a log by way of a string. */
    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("Caller[");
        for (int i = 0; i < attributes.length; i += 2) {
            names.append(i == 0 ? "" : ", ").append(attributes[i]);
        }
        return names.append(']').toString();
    }
}
