package io.modelgate.simulator;

import io.modelgate.rollout.ExposureLedger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/** A ledger of whom the candidate of one run answers, in a folder of its own that is deleted when this is closed. Not thread-safe. */
final class Listing implements AutoCloseable {

    private static final CSVFormat CSV =
            CSVFormat.RFC4180.builder().setHeader().setSkipHeaderRecord(true).get();

    private final Folder folder = new Folder();
    private final ExposureLedger ledger = ExposureLedger.in(folder.path(), e -> e.plainKeys());

    ExposureLedger ledger() {
        return ledger;
    }

    /**
     * Compares the list with those who were answered.
     *
     * @param rollout the rollout's id
     * @throws IllegalStateException if a caller is missing, or is there without an answer of the candidate
     */
    Run.Listed compare(String rollout, AtTheGate calls) {
        Set<String> named = named(rollout, calls.reached() == 0);
        Set<String> missing = keys(calls.answered().stream().boxed().toList());
        Set<String> tooMany = new HashSet<>(named);
        tooMany.removeAll(missing);
        missing.removeAll(named);
        if (!missing.isEmpty() || !tooMany.isEmpty()) {
            throw new IllegalStateException("the list names " + named.size()
                    + " callers, of which the candidate answered "
                    + (named.size() - tooMany.size()) + ": " + missing.size() + " are missing and " + tooMany.size()
                    + " too many");
        }
        Set<String> hurt = keys(calls.answeredBadly().stream().boxed().toList());
        hurt.retainAll(named);
        return new Run.Listed(named.size(), hurt.size());
    }

    private static Set<String> keys(List<Integer> callers) {
        Set<String> keys = new HashSet<>();
        callers.forEach(caller -> keys.add(AtTheGate.key(caller)));
        return keys;
    }

    private Set<String> named(String rollout, boolean nobody) {
        ledger.flush();
        if (nobody && !ledger.rollouts().contains(rollout)) {
            return Set.of(); // nothing is written where there is nothing to write
        }
        StringBuilder csv = new StringBuilder();
        try {
            ledger.export(rollout, csv);
            try (CSVParser lines = CSVParser.parse(csv.toString(), CSV)) {
                Set<String> named = new HashSet<>();
                lines.forEach(line -> named.add(line.get("caller")));
                return named;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the list of callers cannot be read", e);
        }
    }

    @Override
    public void close() {
        folder.close();
    }
}
