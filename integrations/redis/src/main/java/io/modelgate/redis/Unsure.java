package io.modelgate.redis;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The attempts at ids whose answers never came: if one of them holds its id, it was this process's and nobody was told. More than one at an
 * id only where several threads asked at once. Thread-safe.
 */
final class Unsure {

    private final int most;
    private final Map<String, List<String>> attempts = new LinkedHashMap<>();
    private int size;

    /** Knows so many attempts; beyond them the id that was kept longest ago is forgotten. */
    Unsure(int most) {
        this.most = most;
    }

    /** Takes out the attempts at an id, none if none is known. */
    synchronized List<String> take(String id) {
        List<String> of = attempts.remove(id);
        if (of == null) {
            return List.of();
        }
        size -= of.size();
        return of;
    }

    /** Adds attempts to those that are known at an id. */
    synchronized void keep(String id, List<String> more) {
        if (more.isEmpty()) {
            return; // nothing was ever sent, so that Redis has nothing of it
        }
        List<String> all = new ArrayList<>(take(id));
        all.addAll(more);
        attempts.put(id, all);
        size += all.size();
        while (size > most) {
            take(attempts.keySet().iterator().next());
        }
    }

    /** How many attempts are known. */
    synchronized int size() {
        return size;
    }
}
