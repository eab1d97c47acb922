package io.modelgate.rollout;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.exceptions.Mark;

/** Collects the mistakes of a file with their places, so that one load shows all of them. Not thread-safe. */
final class FileMistakes {

    /** More of them say nothing new: it is the wrong file. */
    private static final int MOST_SHOWN = 100;

    /** A line and a column, counted from 1. */
    record Place(int line, int column) {

        static final Place START = new Place(1, 1);

        static Place of(Optional<Mark> mark) {
            return mark.map(at -> new Place(at.getLine() + 1, at.getColumn() + 1))
                    .orElse(START);
        }
    }

    private record Mistake(Place place, String text) {}

    private final String file;
    private final List<Mistake> mistakes = new ArrayList<>();
    private final Map<String, Place> places = new HashMap<>();
    private final Set<String> bad = new HashSet<>();

    FileMistakes(String file) {
        this.file = file;
    }

    /** Remembers where a part of the policy stands. */
    void place(String path, Place place) {
        places.put(path, place);
    }

    void add(Place place, String path, String text) {
        bad.add(top(path));
        mistakes.add(new Mistake(place, text));
    }

    /**
     * Adds what is wrong with the policy as a whole, at the place of the part or of the nearest part around it. Not where the parts
     * that it speaks of could not be read: it would speak of their defaults.
     */
    void addAll(List<PolicyMistake> ofPolicy) {
        if (bad.contains("stakes") || bad.contains("")) {
            return;
        }
        Set<String> doubtful = new HashSet<>(bad);
        if (bad.contains("holdback")) {
            doubtful.add("steps");
        }
        if (bad.contains("guardrails") || bad.contains("soak")) {
            doubtful.add("holdback");
        }
        for (PolicyMistake mistake : ofPolicy) {
            if (!doubtful.contains(top(mistake.path()))) {
                mistakes.add(new Mistake(nearest(mistake.path()), mistake.toString()));
            }
        }
    }

    private static String top(String path) {
        return path.split("[.\\[]", 2)[0];
    }

    private Place nearest(String path) {
        for (String part = path; ; part = part.substring(0, Math.max(part.lastIndexOf('.'), part.lastIndexOf('[')))) {
            Place place = places.get(part);
            if (place != null) {
                return place;
            }
            if (part.indexOf('.') < 0 && part.indexOf('[') < 0) {
                return Place.START;
            }
        }
    }

    /** Refuses with one mistake and no other. */
    IllegalArgumentException refusal(Place place, String text) {
        return new IllegalArgumentException(line(new Mistake(place, text)));
    }

    /** Refuses with all mistakes, if there are any. */
    void refuse() {
        if (mistakes.isEmpty()) {
            return;
        }
        List<String> lines = mistakes.stream()
                .sorted(Comparator.comparingInt((Mistake each) -> each.place().line())
                        .thenComparingInt(each -> each.place().column()))
                .map(this::line)
                .limit(MOST_SHOWN)
                .toList();
        if (lines.size() == 1) {
            throw new IllegalArgumentException(lines.get(0));
        }
        throw new IllegalArgumentException("policy file " + file + " has " + mistakes.size() + " mistakes:\n  "
                + String.join("\n  ", lines) + (mistakes.size() > MOST_SHOWN ? "\n  …" : ""));
    }

    private String line(Mistake mistake) {
        return file + ":" + mistake.place().line() + ":" + mistake.place().column() + ": " + mistake.text();
    }
}
