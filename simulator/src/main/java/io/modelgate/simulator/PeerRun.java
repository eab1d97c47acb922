package io.modelgate.simulator;

import java.time.Duration;
import java.util.List;

/** One run of a peer's rule, on steady traffic of which the candidate gets exactly its share: a proxy in front of it deals the calls out. */
final class PeerRun {

    /** Twenty times a twentieth is a call, whatever floating point makes of it. */
    private static final double ROUNDING = 1e-9;

    private PeerRun() {}

    static Run of(PeerRule rule, PeersTable.Cell cell, int number, Draws draws) {
        double owed = 0;
        long bad = 0;
        int seconds = 0;
        PeerRule.State state = PeerRule.State.RUNNING;
        while (state == PeerRule.State.RUNNING) {
            owed += cell.callsPerSecond() * rule.weight();
            long calls = (long) (owed + ROUNDING);
            owed -= calls;
            long missed = draws.binomial(calls, cell.candidate());
            state = rule.second(calls, missed);
            bad += missed;
            seconds++;
        }
        boolean rolledBack = state == PeerRule.State.ROLLED_BACK;
        return new Run(
                number,
                rolledBack ? Ending.ROLLED_BACK : Ending.COMPLETE,
                Duration.ofSeconds(seconds),
                rolledBack ? null : Duration.ofSeconds(seconds),
                Duration.ZERO,
                bad,
                0,
                0,
                null,
                Run.Heard.NOTHING,
                List.of());
    }
}
