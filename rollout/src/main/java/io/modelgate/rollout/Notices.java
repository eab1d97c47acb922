package io.modelgate.rollout;

import io.modelgate.Ticker;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what no entry tells, when it changes and not at every look. Thread-safe. */
final class Notices {

    private static final Duration REWORDED = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final RolloutEvents events;
    private final Ticker ticker;
    private final InstantSource clock;

    /** What was last told, by what it is about. */
    private final Map<String, Told> told = new ConcurrentHashMap<>();

    /**
     * What was told.
     *
     * @param text what it said
     * @param at when, by the ticker
     */
    private record Told(String text, long at) {}

    Notices(RolloutEvents events, Ticker ticker, InstantSource clock) {
        this.events = events;
        this.ticker = ticker;
        this.clock = clock;
    }

    /** Whether this is news. */
    private boolean news(String about, String text) {
        return news(about, text, Duration.ZERO);
    }

    /** Whether this is news: what users' code words anew at every look, or says at every other one, is heard now and then. */
    private boolean newsNowAndThen(String about, String text) {
        return news(about, text, REWORDED);
    }

    private boolean news(String about, String text, Duration apart) {
        Told last = told.get(about);
        if (text.isEmpty()) {
            if (last != null) {
                told.put(about, new Told("", last.at()));
            }
            return false;
        }
        long now = ticker.read();
        if (last != null && (text.equals(last.text()) || now - last.at() < apart.toNanos())) {
            return false;
        }
        told.put(about, new Told(text, now));
        return true;
    }

    /** A gate's rollout is over, or none has been seen yet: what was told of it is of no use any more. */
    void over(String gate) {
        told.keySet().removeIf(about -> about.startsWith(gate + " "));
    }

    private RolloutEvent.About about(String gate, String rollout, String reason) {
        return new RolloutEvent.About(gate, rollout, "", clock.instant(), Decided.AUTOMATION.name(), reason);
    }

    void atRisk(String gate, RolloutRun run, List<String> risks) {
        String text = String.join("; ", risks);
        if (news(gate + " risk " + run.plan().id(), text)) {
            LOG.warn("gate \"{}\": rollout {}: {}", gate, run.plan().id(), text);
            events.publish(
                    new RolloutEvent.RollbackAtRisk(about(gate, run.plan().id(), text)));
        }
    }

    void refused(String gate, RolloutRun run, List<String> objections) {
        String text = String.join("; ", objections);
        if (newsNowAndThen(gate + " refusal " + run.plan().id(), text)) {
            events.publish(
                    new RolloutEvent.PromotionRefused(about(gate, run.plan().id(), text)));
        }
    }

    /** It waits for others before it begins, or what it came after is complete no more. */
    void heldByOthers(String gate, RolloutRun run, Around around) {
        String barrier = around.barrier();
        LockstepGroup group = around.lockstep();
        String waits = group == null || !run.stage().unserved() ? null : group.waits(0);
        String text = barrier != null ? barrier : waits == null ? "" : waits;
        boolean lost = !run.stage().unserved();
        if (newsNowAndThen(gate + (lost ? " lost " : " others ") + run.plan().id(), text)) {
            if (lost) {
                LOG.warn(
                        "gate \"{}\": rollout {} goes no further: {}",
                        gate,
                        run.plan().id(),
                        text);
            }
            events.publish(new RolloutEvent.HeldByOthers(about(gate, run.plan().id(), text), lost));
        }
    }

    /** A rollback is due and cannot be made. */
    void stuck(String gate, RolloutRun run, String reason, List<String> obstacles) {
        String text = obstacles.isEmpty() ? "" : "cannot roll back: " + String.join("; ", obstacles);
        if (news(gate + " stuck " + run.plan().id(), text)) {
            LOG.error("gate \"{}\": rollout {}: {}, {}", gate, run.plan().id(), reason, text);
            events.publish(new RolloutEvent.Hindered(
                    about(gate, run.plan().id(), text + "; " + reason + "; a person is needed")));
        }
    }

    void lacking(String gate, RolloutRun run, @Nullable String hindrance) {
        String text = hindrance == null ? "" : hindrance;
        if (newsNowAndThen(gate + " lack " + run.plan().id(), text)) {
            LOG.warn("gate \"{}\": rollout {}: {}", gate, run.plan().id(), text);
            events.publish(new RolloutEvent.Hindered(about(gate, run.plan().id(), text)));
        }
    }

    /** Its window is over, and no entry says so: nobody gets the candidate here, and elsewhere somebody may. An empty text once one does. */
    void notClosed(String gate, RolloutRun run, String outside, String failure) {
        String text = outside.isEmpty()
                ? ""
                : "version \"" + run.plan().candidate() + "\" is " + outside
                        + ", and the entry that closes its window cannot be stored: " + failure
                        + "; callers of this process get stable all the same, those of a process without Rollouts go on to it; it is tried again"
                        + " at every look";
        if (newsNowAndThen(
                gate + " closing " + run.plan().id() + " " + run.conditions().seq(), text)) {
            LOG.error("gate \"{}\": rollout {}: {}", gate, run.plan().id(), text);
            events.publish(new RolloutEvent.Hindered(about(gate, run.plan().id(), text)));
        }
    }

    boolean hindered(String gate, String text) {
        boolean news = newsNowAndThen(gate + " look", text);
        if (news) {
            events.publish(new RolloutEvent.Hindered(about(gate, "", text)));
        }
        return news;
    }

    /** A look at a gate, or at something else, does not end. */
    void overdue(String gate, String text) {
        LOG.error("gate \"{}\": {}", gate, text); // first: who listens may be what hangs
        events.publish(new RolloutEvent.Hindered(about(gate, "", text)));
    }

    /** Somebody whom the rollout reached is not on the list. */
    void exposures(String gate, String rollout, String text) {
        if (newsNowAndThen(gate + " exposures " + rollout, text)) {
            LOG.warn("gate \"{}\": rollout {}: {}", gate, rollout, text);
            events.publish(new RolloutEvent.Hindered(about(gate, rollout, text)));
        }
    }

    /** A version that leaves something behind was taken back, and these are those whom it reached. */
    void toRemedy(Exposures reached, String text) {
        events.publish(new RolloutEvent.ToRemedy(
                about(reached.gate(), reached.rollout(), text),
                reached.version(),
                reached.callers(),
                reached.calls(),
                reached.folder().toString()));
    }

    void wouldHave(String gate, RolloutRun run, String decision, String reason) {
        events.publish(new RolloutEvent.WouldHave(
                about(gate, run.plan().id(), reason), run.plan().policy().name(), decision));
    }
}
