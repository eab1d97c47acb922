package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.console.Views.LogView;
import io.modelgate.control.ControlLogException;
import io.modelgate.control.Head;
import org.jspecify.annotations.Nullable;

/** Where the control log ends, how far it is verified and what is wrong with it. Thread-safe. */
final class LogEnd {

    private final Gates gates;
    private final ChainWatch chain;
    private volatile Ends ends;

    /** What only the log itself knows, which may have to be waited for. */
    private record Ends(Head head, boolean known, @Nullable String problem) {}

    LogEnd(Gates gates, ChainWatch chain) {
        this.gates = gates;
        this.chain = chain;
        ends = new Ends(Head.EMPTY, true, null);
        look();
    }

    /** Asks the log. */
    LogView look() {
        try {
            ends = new Ends(gates.log().head(), gates.log().known(), null);
        } catch (ControlLogException e) {
            ends = new Ends(ends.head(), ends.known(), String.valueOf(e.getMessage()));
        }
        return latest(gates.applied());
    }

    /** What the log said when it was asked last, without waiting for anything. */
    LogView latest(long applied) {
        Ends seen = ends;
        String problem = seen.problem() == null ? chain.problem() : seen.problem();
        return new LogView(
                applied,
                seen.head().seq(),
                seen.head().hash(),
                seen.known(),
                gates.staleness().toMillis(),
                chain.verifiedSeq(),
                problem);
    }
}
