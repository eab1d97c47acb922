package io.modelgate.rollout;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what no entry tells, when it changes and not at every look. Thread-safe. */
final class Notices {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    private final RolloutEvents events;
    private final InstantSource clock;

    /** What was last told, by what it is about. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    Notices(RolloutEvents events, InstantSource clock) {
        this.events = events;
        this.clock = clock;
    }

    /** Whether this is news. */
    private boolean news(String about, String text) {
        return !text.equals(text.isEmpty() ? told.getOrDefault(about, "") : told.get(about))
                && !text.equals(told.put(about, text))
                && !text.isEmpty();
    }

    private RolloutEvent.About about(String gate, String rollout, String reason) {
        return new RolloutEvent.About(gate, rollout, "", clock.instant(), Decided.AUTOMATION.name(), reason);
    }

    void atRisk(String gate, RolloutRun run, List<String> risks) {
        String text = String.join("; ", risks);
        if (news("risk " + gate + " " + run.plan().id(), text)) {
            LOG.warn("gate \"{}\": rollout {}: {}", gate, run.plan().id(), text);
            events.publish(
                    new RolloutEvent.RollbackAtRisk(about(gate, run.plan().id(), text)));
        }
    }

    void refused(String gate, RolloutRun run, List<String> objections) {
        String text = String.join("; ", objections);
        if (news("refusal " + gate + " " + run.plan().id(), text)) {
            events.publish(
                    new RolloutEvent.PromotionRefused(about(gate, run.plan().id(), text)));
        }
    }

    /** A rollback is due and cannot be made. */
    void stuck(String gate, RolloutRun run, String reason, List<String> obstacles) {
        String text = obstacles.isEmpty() ? "" : "cannot roll back: " + String.join("; ", obstacles);
        if (news("stuck " + gate + " " + run.plan().id(), text)) {
            LOG.error("gate \"{}\": rollout {}: {}, {}", gate, run.plan().id(), reason, text);
            events.publish(new RolloutEvent.Hindered(
                    about(gate, run.plan().id(), text + "; " + reason + "; a person is needed")));
        }
    }

    void lacking(String gate, RolloutRun run, boolean here) {
        String text = here
                ? ""
                : "version \"" + run.plan().candidate()
                        + "\" is not registered in this process: it learns nothing of it and leaves stepping up to others";
        if (news("lack " + gate + " " + run.plan().id(), text)) {
            LOG.warn("gate \"{}\": rollout {}: {}", gate, run.plan().id(), text);
            events.publish(new RolloutEvent.Hindered(about(gate, run.plan().id(), text)));
        }
    }

    boolean hindered(String gate, String text) {
        boolean news = news("look " + gate, text);
        if (news) {
            events.publish(new RolloutEvent.Hindered(about(gate, "", text)));
        }
        return news;
    }

    void wouldHave(String gate, RolloutRun run, String decision, String reason) {
        events.publish(new RolloutEvent.WouldHave(
                about(gate, run.plan().id(), reason), run.plan().policy().name(), decision));
    }
}
