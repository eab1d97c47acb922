package io.modelgate.redis.chaos;

import io.modelgate.Caller;
import io.modelgate.Identities;
import io.modelgate.Router;
import io.modelgate.control.Entry;
import java.util.Set;

/** Sends a share of the callers to a candidate, as {@code weight} entries say; a kill of the candidate ends that. */
final class LogRouter implements Router {

    static final String WEIGHT = "weight";
    static final String NONE = "-";

    /** The bucket of a caller, 0 to 99; the callers below the weight go to the candidate. */
    static int bucket(String caller) {
        return Math.floorMod(caller.hashCode() * 0x9E3779B1, 100);
    }

    @Override
    public Set<String> entryTypes() {
        return Set.of(WEIGHT);
    }

    @Override
    public Routing initial(String gate, Identities identities) {
        return new Share(NONE, 0);
    }

    record Share(String version, long weight) implements Routing {

        @Override
        public String candidate() {
            return version.equals(NONE) ? null : version;
        }

        @Override
        public boolean toCandidate(Caller caller) {
            return bucket(caller.key().orElse("")) < weight;
        }

        @Override
        public Routing apply(Entry entry) {
            return switch (entry.type()) {
                case WEIGHT -> new Share(String.valueOf(entry.text("candidate")), entry.number("weight", 0));
                case "kill" -> version.equals(entry.text("version")) ? new Share(version, 0) : this;
                case "promote" -> new Share(NONE, 0);
                default -> this;
            };
        }
    }
}
