package io.modelgate.simulator;

import java.time.Duration;
import java.util.List;

/** One run of a peer's rule. */
final class PeerRun {

    private PeerRun() {}

    static Run of(PeerRule rule, PeersTable.Cell cell, int number, Draws draws) {
        long bad = 0;
        int seconds = 0;
        PeerRule.State state = PeerRule.State.RUNNING;
        while (state == PeerRule.State.RUNNING) {
            double calls = cell.callsPerSecond() * rule.weight();
            long missed = draws.poisson(calls * cell.candidate());
            long answered = draws.poisson(calls * (1 - cell.candidate()));
            state = rule.second(answered + missed, missed);
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
                List.of());
    }
}
