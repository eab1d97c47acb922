package io.modelgate.benchmarks;

import io.modelgate.Caller;
import io.modelgate.Identities;
import io.modelgate.Router;
import io.modelgate.control.Entry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

final class TenPercent implements Router {

    static final String TYPE = "bench-rollout";

    @Override
    public Set<String> entryTypes() {
        return Set.of(TYPE);
    }

    @Override
    public Routing initial(String gate, Identities identities) {
        return new Ten(null, 0, 0);
    }

    record Ten(@Nullable String candidate, int salt, int weight) implements Routing {
        @Override
        public boolean toCandidate(Caller caller) {
            if (!caller.hasKey()) {
                return false;
            }
            int h = caller.keyHash() ^ salt;
            h = (h ^ (h >>> 16)) * 0x85ebca6b;
            h = (h ^ (h >>> 13)) * 0xc2b2ae35;
            h ^= h >>> 16;
            return (((h & 0xffffffffL) * 100_000) >>> 32) < weight;
        }

        @Override
        public Routing apply(Entry entry) {
            return entry.type().equals(TYPE)
                    ? new Ten(entry.text("candidate"), entry.decision().id().hashCode(), 10_000)
                    : this;
        }
    }
}
