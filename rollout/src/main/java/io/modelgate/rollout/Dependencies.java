package io.modelgate.rollout;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a rollout has to do with others, as the entry that starts it says. Immutable.
 *
 * @param range the buckets that it was allotted in an exclusion group, or null if it is in none
 * @param barriers the versions that have to be complete before it begins
 * @param lockstep the group that it steps with, or null
 */
record Dependencies(
        @Nullable Range range,
        List<Barrier> barriers,
        @Nullable Lockstep lockstep) {

    static final Dependencies NONE = new Dependencies(null, List.of(), null);

    static final int MOST_BARRIERS = 20;
    static final int MOST_MEMBERS = 100;
    private static final int LONGEST_NAME = 100;

    /** Copies the list. */
    Dependencies {
        barriers = List.copyOf(barriers);
    }

    /**
     * The buckets of one group's bucketing from one on.
     *
     * @param group the exclusion group
     * @param test the joint test that shares the range, empty if the rollout has it alone
     * @param from the first bucket
     * @param share how many
     */
    record Range(String group, String test, int from, int share) {

        /** The first bucket after it. */
        int to() {
            return from + share;
        }

        boolean sound() {
            return named(group)
                    && (test.isEmpty() || named(test))
                    && from >= 0
                    && share > 0
                    && share <= Spots.BUCKETS - from;
        }

        /** What sets the callers of a group apart from those of others: all its rollouts have it. */
        static long salt(String group) {
            return Spots.salt("group:" + group);
        }
    }

    /**
     * A version that has to be complete.
     *
     * @param gate its gate
     * @param version its id
     */
    record Barrier(String gate, String version) {}

    /**
     * A group whose rollouts step, are promoted and are taken back together.
     *
     * @param name its name
     * @param members how many rollouts it has
     */
    record Lockstep(String name, int members) {}

    boolean none() {
        return range == null && barriers.isEmpty() && lockstep == null;
    }

    /** Whether what others come to keeps it or takes it back. */
    boolean onOthers() {
        return !barriers.isEmpty() || lockstep != null;
    }

    /** The first bucket that may go to the candidate. */
    int from() {
        return range == null ? 0 : range.from();
    }

    /** How many buckets take part, the candidate's and those that it is compared with. */
    int share() {
        return range == null ? Spots.BUCKETS : range.share();
    }

    /** Whether the steps of a policy, with what it holds back, leave some of the range to compare with. */
    boolean fit(RolloutPolicy policy) {
        int most = policy.steps().isEmpty()
                ? 0
                : policy.steps().get(policy.steps().size() - 1).weight().parts();
        return range == null || most + Math.max(1, policy.holdback().parts()) <= range.share();
    }

    /** Whether it may be the name of a group. */
    static boolean named(String name) {
        return !name.isBlank() && name.length() <= LONGEST_NAME && name.chars().noneMatch(Character::isISOControl);
    }

    /**
     * As the control log holds it. The salt is in here and nowhere else: a process that knows nothing of dependencies finds none, and
     * does not start the rollout, rather than send callers whom nobody meant.
     */
    Map<String, Object> data(long salt) {
        Map<String, Object> data = new HashMap<>();
        data.put(EntryTypes.SALT, HexFormat.of().toHexDigits(salt));
        if (range != null) {
            Map<String, Object> exclusive = new HashMap<>();
            exclusive.put("group", range.group());
            if (!range.test().isEmpty()) {
                exclusive.put("test", range.test());
            }
            exclusive.put("from", (long) range.from());
            exclusive.put("share", (long) range.share());
            data.put("exclusive", exclusive);
        }
        if (!barriers.isEmpty()) {
            data.put(
                    "after",
                    barriers.stream()
                            .map(each -> Map.of("gate", each.gate(), "version", each.version()))
                            .toList());
        }
        if (lockstep != null) {
            data.put("lockstep", Map.of("name", lockstep.name(), "members", (long) lockstep.members()));
        }
        return data;
    }

    /** Reads what {@link #data} wrote, all of it but the salt; null if any part is malformed or unknown. */
    static @Nullable Dependencies of(Map<?, ?> data) {
        try {
            Fields fields = new Fields(data);
            fields.text(EntryTypes.SALT);
            Range range = fields.has("exclusive") ? range(fields.map("exclusive")) : null;
            List<Barrier> barriers = new ArrayList<>();
            for (Object each : fields.has("after") ? fields.list("after") : List.of()) {
                Fields barrier = new Fields(each);
                barriers.add(new Barrier(barrier.text("gate"), barrier.text("version")));
                barrier.end();
            }
            Lockstep lockstep = fields.has("lockstep") ? lockstep(fields.map("lockstep")) : null;
            fields.end();
            return new Dependencies(range, barriers, lockstep);
        } catch (IllegalArgumentException | ArithmeticException e) {
            return null;
        }
    }

    private static Range range(Map<?, ?> data) {
        Fields fields = new Fields(data);
        Range range = new Range(
                fields.text("group"),
                fields.has("test") ? fields.text("test") : "",
                Math.toIntExact(fields.whole("from")),
                Math.toIntExact(fields.whole("share")));
        fields.end();
        if (!range.sound()) {
            throw new IllegalArgumentException("no range of buckets");
        }
        return range;
    }

    private static Lockstep lockstep(Map<?, ?> data) {
        Fields fields = new Fields(data);
        Lockstep lockstep = new Lockstep(fields.text("name"), Math.toIntExact(fields.whole("members")));
        fields.end();
        if (!named(lockstep.name()) || lockstep.members() < 2 || lockstep.members() > MOST_MEMBERS) {
            throw new IllegalArgumentException("no lockstep group");
        }
        return lockstep;
    }
}
