package io.modelgate.rollout;

import java.util.HashMap;
import java.util.Map;

/** An event as a webhook sends it: strings, Longs and booleans by name. */
final class Notification {

    private Notification() {}

    static Map<String, Object> of(RolloutEvent event) {
        RolloutEvent.About about = event.about();
        Map<String, Object> data = new HashMap<>(Map.of(
                "gate", about.gate(),
                "rollout", about.rollout(),
                "entry", about.entry(),
                "at", about.at().toString(),
                "actor", about.actor(),
                "reason", about.reason()));
        data.put("event", name(event, data));
        return data;
    }

    /** Names the event and adds what it has of its own. */
    private static String name(RolloutEvent event, Map<String, Object> data) {
        if (event instanceof RolloutEvent.Started started) {
            data.put("candidate", started.candidate());
            data.put("baseline", started.baseline());
            data.put("weight", started.weight().toString());
            return "started";
        }
        if (event instanceof RolloutEvent.Stepped stepped) {
            data.put("step", (long) stepped.step());
            data.put("weight", stepped.weight().toString());
            return "stepped";
        }
        if (event instanceof RolloutEvent.Waiting waiting) {
            data.put("step", (long) waiting.step());
            return "waiting";
        }
        if (event instanceof RolloutEvent.Approved approved) {
            data.put("step", (long) approved.step());
            return "approved";
        }
        if (event instanceof RolloutEvent.Paused paused) {
            data.put("inconclusive", paused.inconclusive());
            return "paused";
        }
        if (event instanceof RolloutEvent.HeldTooLong held) {
            data.put("escalated", held.escalated());
            return "held-too-long";
        }
        if (event instanceof RolloutEvent.Promoted promoted) {
            data.put("version", promoted.version());
            return "promoted";
        }
        if (event instanceof RolloutEvent.Aborted aborted) {
            data.put("candidate", aborted.candidate());
            return "aborted";
        }
        if (event instanceof RolloutEvent.RolledBack back) {
            data.put("bad", back.bad());
            data.put("restored", back.restored());
            return "rolled-back";
        }
        if (event instanceof RolloutEvent.ToRemedy remedy) {
            data.put("version", remedy.version());
            data.put("callers", remedy.callers());
            data.put("calls", remedy.calls());
            data.put("ledger", remedy.ledger());
            return "to-remedy";
        }
        if (event instanceof RolloutEvent.WouldHave would) {
            data.put("policy", would.policy());
            data.put("decision", would.decision());
            return "would-have";
        }
        if (event instanceof RolloutEvent.Drifted drifted) {
            data.put("version", drifted.version());
            data.put("metric", drifted.metric());
            data.put("low", Double.toString(drifted.distance().low()));
            data.put("allowed", Double.toString(drifted.distance().limit()));
            data.put("escalated", drifted.escalated());
            return "drifted";
        }
        return plain(event);
    }

    private static String plain(RolloutEvent event) {
        if (event instanceof RolloutEvent.Resumed) {
            return "resumed";
        }
        if (event instanceof RolloutEvent.Soaking) {
            return "soaking";
        }
        if (event instanceof RolloutEvent.Completed) {
            return "completed";
        }
        if (event instanceof RolloutEvent.RollbackAtRisk) {
            return "rollback-at-risk";
        }
        return event instanceof RolloutEvent.PromotionRefused ? "promotion-refused" : "hindered";
    }
}
