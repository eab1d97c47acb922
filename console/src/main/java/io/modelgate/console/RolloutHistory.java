package io.modelgate.console;

import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the control log says of the latest rollouts of each gate, gathered as the log is read. Thread-safe. */
final class RolloutHistory {

    private static final int ROLLOUTS_OF_A_GATE = 4;
    private static final int MOST_ENTRIES = 1_000;
    private static final double ALL = 100_000;

    /** What a process counted is no decision. */
    private static final String CHECKPOINT = "rollout-checkpoint";

    private static final Set<String> TAKEN_BACK = Set.of("rollout-abort", "rollback");

    /** One entry of a rollout. */
    record Row(long seq, String at, String type, double weight, String actor, String reason) {}

    private static final class Course {
        final List<Row> rows = new ArrayList<>();
        final String candidate;
        double weight;
        boolean promoted;
        boolean over;

        Course(String candidate) {
            this.candidate = candidate;
        }
    }

    private final Map<String, LinkedHashMap<String, Course>> byGate = new HashMap<>();

    /** Takes in the next entry of the log. */
    synchronized void read(Entry entry) {
        String id = entry.text("rollout");
        if (id == null) {
            if (entry.type().equals("kill")) {
                killed(entry);
            }
            return;
        }
        if (entry.type().equals(CHECKPOINT)) {
            return;
        }
        LinkedHashMap<String, Course> courses = byGate.computeIfAbsent(entry.gate(), gate -> new LinkedHashMap<>());
        if (entry.type().equals("rollout") && !courses.containsKey(id)) {
            String version = entry.text("version");
            courses.put(id, new Course(version == null ? "" : version));
            if (courses.size() > ROLLOUTS_OF_A_GATE) {
                courses.remove(courses.keySet().iterator().next());
            }
        }
        Course course = courses.get(id);
        if (course != null) {
            course.weight = weight(entry, course);
            course.promoted |= entry.type().equals("promote");
            course.over |= TAKEN_BACK.contains(entry.type()) || entry.type().equals("rollout-end");
            add(course, entry);
        }
    }

    /** A kill of its candidate halts a rollout, and names no rollout. */
    private void killed(Entry entry) {
        String version = entry.text("version");
        if (version == null || entry.text("attribute") != null) {
            return;
        }
        for (Course course :
                byGate.getOrDefault(entry.gate(), new LinkedHashMap<>()).values()) {
            if (!course.over && course.candidate.equals(version)) {
                course.weight = course.promoted ? course.weight : 0;
                add(course, entry);
            }
        }
    }

    private static double weight(Entry entry, Course course) {
        if (TAKEN_BACK.contains(entry.type())) {
            return 0;
        }
        if (entry.type().equals("promote")) {
            return 1 - Math.max(0, entry.number("holdback", 0)) / ALL;
        }
        if (entry.type().equals("rollout-end")) {
            return course.promoted ? 1 : 0;
        }
        long given = entry.number("weight", -1);
        return given < 0 ? course.weight : given / ALL;
    }

    private static void add(Course course, Entry entry) {
        if (course.rows.size() < MOST_ENTRIES) {
            var decision = entry.decision();
            course.rows.add(new Row(
                    entry.seq(),
                    decision.at().toString(),
                    decision.type(),
                    course.weight,
                    decision.actor(),
                    decision.reason()));
        }
    }

    /** The entries of a rollout, the earliest first. */
    synchronized List<Row> of(String gate, String rollout) {
        Course course = course(gate, rollout);
        return course == null ? List.of() : List.copyOf(course.rows);
    }

    private @Nullable Course course(String gate, String rollout) {
        Map<String, Course> courses = byGate.get(gate);
        return courses == null ? null : courses.get(rollout);
    }

    /** The gates on which a rollout may be running. */
    synchronized Set<String> running() {
        Set<String> running = new HashSet<>();
        byGate.forEach((gate, courses) -> {
            if (courses.values().stream().anyMatch(course -> !course.over)) {
                running.add(gate);
            }
        });
        return running;
    }

    /** Forgets everything: the log is another one. */
    synchronized void clear() {
        byGate.clear();
    }
}
