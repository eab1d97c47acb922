package io.modelgate.rollout;

import io.modelgate.Identities;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Configures a {@link Rollout}. Handed to the function given to {@link Rollout#start}, and done when that returns. */
public final class RolloutBuilder {

    private static final int MOST_KEYS = 1_000;
    private static final int MOST_VALUES = 1_000;
    private static final int LONGEST_VALUE = 200;

    private final String gate;
    private final Set<String> declared;
    private final Set<String> allow = new LinkedHashSet<>();
    private final Set<String> deny = new LinkedHashSet<>();
    private final Map<String, List<String>> only = new TreeMap<>();
    private final Map<String, List<String>> force = new TreeMap<>();
    private final Asked asked;
    private Weight weight = Weight.NONE;
    private Bucketing bucketing = Bucketing.modelgate();
    private boolean afterAbort;

    /** For a gate and the attributes that it declares. */
    RolloutBuilder(String gate, Set<String> declared) {
        this.gate = gate;
        this.declared = declared;
        asked = new Asked(gate);
    }

    /** Sets how many callers go to the candidate at first. Default: {@link Weight#NONE}. */
    public RolloutBuilder weight(Weight weight) {
        this.weight = weight;
        return this;
    }

    /** Sets the order in which callers come to the candidate. Default: {@link Bucketing#modelgate()}. */
    public RolloutBuilder bucketing(Bucketing bucketing) {
        this.bucketing = bucketing;
        return this;
    }

    /**
     * Starts although the same candidate was aborted or rolled back not long ago. Without it, {@link Rollouts#start} refuses that for as
     * long as the policy's hold-down; a rollout by hand is never refused for it.
     */
    public RolloutBuilder afterAbort() {
        afterAbort = true;
        return this;
    }

    boolean isAfterAbort() {
        return afterAbort;
    }

    Weight weight() {
        return weight;
    }

    /**
     * Always sends the callers with these keys to the candidate. The control log holds them as keyed hashes.
     *
     * @param keys at most 1,000 on both lists together
     * @throws IllegalArgumentException for an empty key, a key that is denied, or too many keys
     */
    public RolloutBuilder allow(String... keys) {
        list("allow", keys, allow, deny);
        return this;
    }

    /**
     * Never sends the callers with these keys to the candidate. The control log holds them as keyed hashes.
     *
     * @param keys at most 1,000 on both lists together
     * @throws IllegalArgumentException for an empty key, a key that is allowed, or too many keys
     */
    public RolloutBuilder deny(String... keys) {
        list("deny", keys, deny, allow);
        return this;
    }

    /**
     * Limits the rollout to callers whose attribute has one of these values; one that lacks the attribute gets stable. Of several
     * limits, a caller must meet each.
     *
     * @param values 1 to 1,000, each of 1 to 200 characters
     * @throws IllegalArgumentException for an attribute that the gate does not declare, listing those that it does; for one limited
     *     before; for a value out of range
     */
    public RolloutBuilder only(String attribute, String... values) {
        rule("only", attribute, values, only);
        return this;
    }

    /**
     * Sends the callers whose attribute has one of these values to the candidate, whatever the weight, unless their key is denied.
     *
     * @param values 1 to 1,000, each of 1 to 200 characters
     * @throws IllegalArgumentException for an attribute that the gate does not declare, listing those that it does; for one forced
     *     before; for a value out of range
     */
    public RolloutBuilder force(String attribute, String... values) {
        rule("force", attribute, values, force);
        return this;
    }

    /**
     * Lets no caller meet this candidate and another one of the group, on whichever gate of the control log: the rollout gets a share of
     * the callers of its own until it has ended. Its cohort, and the callers that it is compared with, are among them; the weights are shares
     * of all callers still, and stay below the share. In a group there are no {@link #allow} and no {@link #force}, which go by no share, and
     * no {@link #bucketing}: the group has one order.
     *
     * <p>Where a group has no room, the start is an {@link IllegalStateException} that says who has what.
     *
     * @param group 1 to 100 characters, none of them a control character
     * @param share above 0 %, of all callers
     * @throws IllegalArgumentException for a name or a share out of range; for a second group
     */
    public RolloutBuilder exclusive(String group, Weight share) {
        asked.exclusive(group, "", share);
        return this;
    }

    /**
     * Shares one share of a group, as by {@link #exclusive}, with the other rollouts that name the same joint test: their candidates meet in
     * the same callers, by design. At equal weights a caller is in all of their cohorts or in none; in {@link #lockstep} the weights are.
     *
     * @param group 1 to 100 characters, none of them a control character
     * @param test what the rollouts of the test call it; likewise
     * @param share above 0 %, of all callers; the same for all of them, as are {@link #deny} and {@link #only}
     * @throws IllegalArgumentException for a name or a share out of range; for a second group
     */
    public RolloutBuilder jointly(String group, String test, Weight share) {
        asked.exclusive(group, Asked.named("test", test), share);
        return this;
    }

    /**
     * Begins only once a version of another gate is complete: its rollout is, or it is stable and none runs. Until then it is a
     * {@linkplain Stage#DRAFT draft}, or at {@link Stage#SHADOW} where its policy has that. If that version is taken back before this rollout has completed, it goes no further, and says so. For a
     * rollout under a policy; up to 20 times.
     *
     * @throws IllegalArgumentException for the rollout's own gate, or too many
     */
    public RolloutBuilder after(String gate, String version) {
        asked.after(gate, version);
        return this;
    }

    /**
     * Goes in lockstep with rollouts on other gates that name the same group: none takes a step, is promoted or completes before all may, and
     * one that is taken back, for whatever reason, takes the others with it. For a rollout under a policy; those of a group have equally many
     * steps.
     *
     * @param name 1 to 100 characters, none of them a control character
     * @param members how many rollouts the group has, this one included, so that the first does not run off; 2 to 100
     * @throws IllegalArgumentException for a name or a number out of range; for a second group
     */
    public RolloutBuilder lockstep(String name, int members) {
        asked.lockstep(name, members);
        return this;
    }

    Asked asked() {
        return asked;
    }

    // No key gets into a message: messages end in logs.
    private void list(String name, String[] keys, Set<String> list, Set<String> other) {
        for (int i = 0; i < keys.length; i++) {
            if (keys[i].isEmpty()) {
                throw new IllegalArgumentException(name + "[" + i + "] is empty: expected a caller's key");
            }
            if (other.contains(keys[i])) {
                throw new IllegalArgumentException(
                        name + "[" + i + "] is on the other list too: a caller is allowed or denied");
            }
            list.add(keys[i]);
        }
        if (allow.size() + deny.size() > MOST_KEYS) {
            throw new IllegalArgumentException("allow and deny hold " + (allow.size() + deny.size())
                    + " keys: expected at most " + MOST_KEYS + "; send a group by an attribute, with force or only");
        }
    }

    private void rule(String name, String attribute, String[] values, Map<String, List<String>> rules) {
        if (!declared.contains(attribute)) {
            throw new IllegalArgumentException(name + ": attribute \"" + attribute + "\" is not declared by gate \""
                    + gate + "\"; declared are " + declared);
        }
        if (values.length == 0 || values.length > MOST_VALUES) {
            throw new IllegalArgumentException(
                    name + "(\"" + attribute + "\") has " + values.length + " values: expected 1 to " + MOST_VALUES);
        }
        for (String value : values) {
            if (value.isEmpty() || value.length() > LONGEST_VALUE) {
                throw new IllegalArgumentException(name + "(\"" + attribute + "\") has a value of " + value.length()
                        + " characters: expected 1 to " + LONGEST_VALUE);
            }
        }
        if (rules.putIfAbsent(attribute, Stream.of(values).distinct().toList()) != null) {
            throw new IllegalArgumentException(
                    name + "(\"" + attribute + "\") is given twice: give all its values at once");
        }
    }

    /** The start of a rollout that asks nothing of others, or before it is known what it gets. */
    RolloutStart build(String id, String version, Identities identities) {
        if (asked.inGroup() && !(allow.isEmpty() && force.isEmpty())) {
            throw new IllegalArgumentException(
                    "allow and force send callers to the candidate whatever their share, so that"
                            + " they could meet another candidate of exclusion group \"" + asked.group()
                            + "\": leave them out, or leave the group");
        }
        if (asked.inGroup() && !bucketing.own()) {
            throw new IllegalArgumentException("the rollouts of exclusion group \"" + asked.group()
                    + "\" have one order, ModelGate's: leave out the bucketing, or leave the group");
        }
        if (asked.inGroup() && weight.compareTo(asked.share()) > 0) {
            throw new IllegalArgumentException("weight is " + weight + ", above the share of " + asked.share()
                    + " in exclusion group \"" + asked.group() + "\": lower it, or ask for a larger share");
        }
        return new RolloutStart(
                id,
                version,
                weight.parts(),
                asked.inGroup() ? Dependencies.Range.salt(asked.group()) : Spots.salt(id),
                hashes(allow, identities),
                hashes(deny, identities),
                only,
                force,
                bucketing,
                Dependencies.NONE);
    }

    /** Sorted, so that the order in the log does not tell who was named together. */
    private static List<String> hashes(Set<String> keys, Identities identities) {
        return keys.stream().map(identities::hash).sorted().toList();
    }
}
