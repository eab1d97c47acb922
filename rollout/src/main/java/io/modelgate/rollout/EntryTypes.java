package io.modelgate.rollout;

import java.util.Set;

/** The types of control entries that a routing understands, and the names of their data. */
final class EntryTypes {

    /**
     * A rollout starts: {@link #ID}, {@link #VERSION}, {@link #WEIGHT}, {@link #SALT}; {@link #ALLOW} and {@link #DENY}, lists of keyed
     * hashes; {@link #ONLY} and {@link #FORCE}, attribute to list of values; in another system's order {@link #BUCKETING} with
     * {@link #SALT_WITHIN} in place of {@link #SALT}.
     */
    static final String ROLLOUT = "rollout";

    /** Its weight changes: {@link #ID}, {@link #WEIGHT}. */
    static final String ROLLOUT_WEIGHT = "rollout-weight";

    /** It ends, and everyone gets stable: {@link #ID}. */
    static final String ROLLOUT_END = "rollout-end";

    // Of rollouts under a policy. Their ROLLOUT has POLICY and BASELINE too, their ROLLOUT_WEIGHT a STEP; all have ID.

    /** The candidate is taken back before it was promoted. */
    static final String ROLLOUT_ABORT = "rollout-abort";

    /** It is to step up no further; {@link #INCONCLUSIVE} where its evidence is why. */
    static final String ROLLOUT_PAUSE = "rollout-pause";

    /** It may step up again. */
    static final String ROLLOUT_RESUME = "rollout-resume";

    /** It waits for the approval of a {@link #STEP}. */
    static final String ROLLOUT_WAIT = "rollout-wait";

    /** A person approves a {@link #STEP}. */
    static final String ROLLOUT_APPROVE = "rollout-approve";

    /** It has been held up, or has not got on, for too long: {@link #HOLD}, where that began, and {@link #ALERT}, 1 or, escalated, 2. */
    static final String ROLLOUT_ALERT = "rollout-alert";

    /** The soak begins. */
    static final String ROLLOUT_SOAK = "rollout-soak";

    /** What one process has counted so far: see {@link Checkpoint}. */
    static final String ROLLOUT_CHECKPOINT = "rollout-checkpoint";

    /** A version's artefact, schema, provenance and side effects: {@link #VERSION}, {@link #RECORD}. */
    static final String VERSION_REGISTERED = "version-registered";

    /** A rollback to a {@link #VERSION} was rehearsed. */
    static final String ROLLBACK_REHEARSED = "rollback-rehearsed";

    /** How stable's answers are spread, as a reference: see {@link Reference}. */
    static final String DRIFT_REFERENCE = "drift-reference";

    /** A file of exposures is sealed, or sealed anew after an erasure: see {@link OpenExposures#seal}. */
    static final String EXPOSURES_SEALED = "exposures-sealed";

    /** The exposures of a rollout were deleted after their retention: {@link #ID}. */
    static final String EXPOSURES_DELETED = "exposures-deleted";

    static final String ID = "rollout";
    static final String VERSION = "version";
    static final String WEIGHT = "weight";
    static final String SALT = "salt";
    static final String BUCKETING = "bucketing";
    static final String SALT_WITHIN = "fineSalt";
    static final String ALLOW = "allow";
    static final String DENY = "deny";
    static final String ONLY = "only";
    static final String FORCE = "force";
    static final String POLICY = "policy";
    static final String BASELINE = "baseline";
    static final String STEP = "step";
    static final String INCONCLUSIVE = "inconclusive";
    static final String HOLD = "hold";
    static final String ALERT = "alert";
    static final String HOLDBACK = "holdback";
    static final String EVIDENCE = "evidence";
    static final String PROCESS = "process";
    static final String RECORD = "record";
    static final String FROM = "from";
    static final String TO = "to";

    /** The types of this module. */
    static final Set<String> OWN = Set.of(
            ROLLOUT,
            ROLLOUT_WEIGHT,
            ROLLOUT_END,
            ROLLOUT_ABORT,
            ROLLOUT_PAUSE,
            ROLLOUT_RESUME,
            ROLLOUT_WAIT,
            ROLLOUT_APPROVE,
            ROLLOUT_ALERT,
            ROLLOUT_SOAK,
            ROLLOUT_CHECKPOINT,
            VERSION_REGISTERED,
            ROLLBACK_REHEARSED,
            DRIFT_REFERENCE,
            EXPOSURES_SEALED,
            EXPOSURES_DELETED);

    /** The types that may move a rollout under a policy in a way that listeners hear of. */
    static final Set<String> EVENTFUL = Set.of(
            ROLLOUT,
            ROLLOUT_WEIGHT,
            ROLLOUT_END,
            ROLLOUT_ABORT,
            ROLLOUT_PAUSE,
            ROLLOUT_RESUME,
            ROLLOUT_WAIT,
            ROLLOUT_APPROVE,
            ROLLOUT_ALERT,
            ROLLOUT_SOAK,
            "promote",
            "rollback");

    // Core's own types, as far as they bear on a rollout.

    /** A switch is engaged: {@code version} and {@code attribute}, both optional. */
    static final String KILL = "kill";

    /** Kills are released: {@code kills}, their ids. */
    static final String REVIVE = "revive";

    /** A version becomes stable: {@code version}. */
    static final String PROMOTE = "promote";

    /** An earlier stable is stable again: {@code to}. */
    static final String ROLLBACK = "rollback";

    private EntryTypes() {}
}
