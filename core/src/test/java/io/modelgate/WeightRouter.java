package io.modelgate;

import io.modelgate.control.Entry;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A router for tests: {@code canary} entries name a candidate, and callers whose key starts with "c" go to it until it is killed. */
final class WeightRouter implements Router {

    static final String CANARY = "canary";

    private record State(@Nullable String version, boolean halted) implements Routing {
        @Override
        public @Nullable String candidate() {
            return version;
        }

        @Override
        public boolean toCandidate(Caller caller) {
            return !halted && caller.key().orElse("").startsWith("c");
        }

        @Override
        public Routing apply(Entry entry) {
            return switch (entry.type()) {
                case CANARY -> new State(entry.text("version"), false);
                case EntryTypes.KILL ->
                    version != null && version.equals(entry.text("version")) && entry.text("attribute") == null
                            ? new State(version, true)
                            : this;
                case EntryTypes.PROMOTE -> new State(null, false);
                default -> this;
            };
        }
    }

    @Override
    public Set<String> entryTypes() {
        return Set.of(CANARY);
    }

    @Override
    public Routing initial(String gate, Identities identities) {
        return new State(null, false);
    }
}
