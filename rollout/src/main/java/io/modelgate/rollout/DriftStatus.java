package io.modelgate.rollout;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a metric of stable's answers lies in one process against its frozen reference. Immutable.
 *
 * @param version the stable version, whose reference it is
 * @param metric the metric
 * @param frozen when the reference was frozen
 * @param by who froze it
 * @param reference how many answers the reference is made of
 * @param present how many answers are compared with it at present
 * @param distance how far they are apart, and how far they may be
 * @param suspended why it is not compared at present, so that the distance is the one before; null if it is
 * @param drifted whether it was shown that they are further apart than allowed; stands until there is another reference
 */
public record DriftStatus(
        String version,
        String metric,
        Instant frozen,
        String by,
        long reference,
        long present,
        Band distance,
        @Nullable String suspended,
        boolean drifted) {}
