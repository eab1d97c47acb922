package io.modelgate.redis.chaos;

import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All entries that any process ever saw, forks included, by their hash. */
final class Chains {

    /** A place in a chain, with what the log says up to it. */
    record Link(long seq, String hash, Optional<Link> before, Optional<Entry> entry, State state) {

        /** Whether it is this link or comes before it. */
        boolean reaches(Link other) {
            Link link = this;
            while (link.seq > other.seq) {
                link = link.before.orElseThrow();
            }
            return link.hash.equals(other.hash);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof Link link && link.hash.equals(hash);
        }

        @Override
        public int hashCode() {
            return hash.hashCode();
        }

        @Override
        public String toString() {
            return seq + " " + hash.substring(0, 8);
        }
    }

    private static final Link GENESIS = new Link(0, Entry.GENESIS, Optional.empty(), Optional.empty(), State.EMPTY);

    private final Map<String, Entry> entries = new HashMap<>();
    private final Map<String, Link> links = new HashMap<>();

    Chains() {
        links.put(Entry.GENESIS, GENESIS);
    }

    void add(Entry entry) {
        entries.put(entry.hash(), entry);
    }

    Collection<Entry> all() {
        return entries.values();
    }

    /** The place of an entry; empty if the chain to it is not whole. */
    Optional<Link> link(String hash) {
        List<Entry> missing = new ArrayList<>();
        String at = hash;
        while (!links.containsKey(at)) {
            Entry entry = entries.get(at);
            if (entry == null) {
                return Optional.empty();
            }
            missing.add(entry);
            at = entry.previousHash();
        }
        Link link = links.get(at);
        Collections.reverse(missing);
        for (Entry entry : missing) {
            if (entry.seq() != link.seq() + 1) {
                return Optional.empty();
            }
            link = new Link(
                    entry.seq(),
                    entry.hash(),
                    Optional.of(link),
                    Optional.of(entry),
                    link.state().after(entry));
            links.put(entry.hash(), link);
        }
        return Optional.of(link);
    }

    /** The entries up to a place, the first one first. */
    static List<Entry> upTo(Link link) {
        List<Entry> all = new ArrayList<>();
        Link at = link;
        while (at.entry().isPresent()) {
            all.add(at.entry().get());
            at = at.before().orElseThrow();
        }
        Collections.reverse(all);
        return all;
    }
}
