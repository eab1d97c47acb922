package io.modelgate;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What labels said of a gate's versions, as far as this process was given them since it started. Immutable.
 *
 * @param came what became of the labels that were given
 * @param joined those that joined: by label, by the version that answered, {@code none} where no version did
 */
public record FeedbackStats(Map<Feedback, Long> came, Map<String, Map<String, Joined>> joined) {

    /** Copies the maps. */
    public FeedbackStats {
        came = Collections.unmodifiableMap(new TreeMap<>(came));
        Map<String, Map<String, Joined>> copied = new TreeMap<>();
        joined.forEach((label, versions) -> copied.put(label, Collections.unmodifiableMap(new TreeMap<>(versions))));
        joined = Collections.unmodifiableMap(copied);
    }

    /**
     * The values of one label of one version.
     *
     * @param count how many there were
     * @param sum their sum
     */
    public record Joined(long count, double sum) {

        /** Their mean; empty if there are none. */
        public OptionalDouble mean() {
            return count == 0 ? OptionalDouble.empty() : OptionalDouble.of(sum / count);
        }
    }

    /** The values of a label of a version; none if none came. */
    public Joined of(String label, String version) {
        return joined.getOrDefault(label, Map.of()).getOrDefault(version, new Joined(0, 0));
    }
}
