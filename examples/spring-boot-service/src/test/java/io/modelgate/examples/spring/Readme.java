package io.modelgate.examples.spring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The README: its lines with curl, in their order, and what they answer. */
final class Readme {

    private static final Pattern STEP = Pattern.compile("```sh\n(curl [^`]*)```\n```(json|text)\n([^`]*)```\n");
    private static final Pattern CURL = Pattern.compile("```sh\ncurl ");

    private Readme() {}

    /** A line with curl and the answer that the README promises. */
    record Step(String curl, String answer, boolean json) {
        boolean on(String path) {
            return curl.contains("localhost:8080" + path + " ");
        }
    }

    static List<Step> steps() throws IOException {
        String text = Files.readString(Path.of("README.md"));
        List<Step> steps = new ArrayList<>();
        for (Matcher each = STEP.matcher(text); each.find(); ) {
            steps.add(new Step(each.group(1), each.group(3), each.group(2).equals("json")));
        }
        if (steps.size() != CURL.matcher(text).results().count()) {
            throw new IllegalStateException("a line with curl has no answer behind it");
        }
        return steps;
    }

    /** The first step on a path whose line has a text. */
    static Step step(String path, String text) throws IOException {
        return steps().stream()
                .filter(step -> step.on(path) && step.curl().contains(text))
                .findFirst()
                .orElseThrow();
    }
}
