package io.modelgate.rollout;

import io.modelgate.Caller;
import io.modelgate.Identities;
import java.util.List;
import java.util.Set;

/**
 * Whether a caller is on a rollout's allow or deny list, which hold keyed hashes. Thread-safe.
 *
 * <p>A keyed hash takes a microsecond and garbage, so the verdicts on up to {@value #MOST} keys are remembered. The memory is exact: keys
 * are compared whole. It is read and written without a lock, so a verdict may be lost to a race and made again, but never changed.
 */
final class Listed {

    enum Verdict {
        DENIED,
        ALLOWED,
        NEITHER
    }

    /** Powers of two: a gate with a handful of callers, of which there may be thousands, starts small. */
    private static final int FEWEST = 64;

    private static final int MOST = 16_384;

    /** The places, from its home on, where a key may stand. */
    private static final int PLACES = 4;

    /** Immutable, so that a racy read sees all of it or nothing. */
    private record Known(String key, int keyHash, Verdict verdict) {}

    private final Identities identities;
    private final Set<String> allow;
    private final Set<String> deny;
    private Known[] memory = new Known[FEWEST];
    private int evictions;

    Listed(List<String> allow, List<String> deny, Identities identities) {
        this.allow = Set.copyOf(allow);
        this.deny = Set.copyOf(deny);
        this.identities = identities;
    }

    Verdict of(Caller caller) {
        String key = caller.keyOrNull();
        if (key == null) {
            return Verdict.NEITHER;
        }
        int hash = caller.keyHash();
        Known[] seen = memory;
        for (int i = 0; i < PLACES; i++) {
            Known known = seen[(hash + i) & (seen.length - 1)];
            if (known != null && known.keyHash == hash && known.key.equals(key)) {
                return known.verdict;
            }
        }
        Known judged = new Known(key, hash, judge(key));
        remember(judged);
        return judged.verdict;
    }

    private Verdict judge(String key) {
        String hash = identities.hash(key);
        if (deny.contains(hash)) {
            return Verdict.DENIED;
        }
        return allow.contains(hash) ? Verdict.ALLOWED : Verdict.NEITHER;
    }

    private void remember(Known judged) {
        Known[] into = memory;
        while (!put(into, judged)) {
            if (into.length == MOST) {
                into[(judged.keyHash + (evictions++ & (PLACES - 1))) & (MOST - 1)] = judged;
                return;
            }
            Known[] larger = new Known[into.length * 2];
            for (Known known : into) {
                if (known != null) {
                    put(larger, known);
                }
            }
            memory = larger;
            into = larger;
        }
    }

    private static boolean put(Known[] into, Known judged) {
        for (int i = 0; i < PLACES; i++) {
            int place = (judged.keyHash + i) & (into.length - 1);
            if (into[place] == null) {
                into[place] = judged;
                return true;
            }
        }
        return false;
    }
}
