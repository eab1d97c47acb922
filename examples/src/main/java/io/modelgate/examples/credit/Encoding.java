package io.modelgate.examples.credit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Turns an application into the numbers that a model reads, in the way learnt from the training applications: a missing number
 * becomes the median and raises an indicator, numbers are scaled to mean 0 and deviation 1, words become one column each.
 * Immutable and thread-safe.
 */
final class Encoding {

    private record Quantity(String name, ToDoubleFunction<Applicant> of, double median, double mean, double deviation) {
        double imputed(Applicant applicant) {
            double value = of.applyAsDouble(applicant);
            return Double.isNaN(value) ? median : value;
        }
    }

    private record Choice(String name, Function<Applicant, String> of, String value) {}

    private final List<Quantity> numbers = new ArrayList<>();
    private final List<Quantity> mayBeMissing = new ArrayList<>();
    private final List<Choice> words = new ArrayList<>();
    private final String[] names;

    /** Learns from these applications. */
    Encoding(List<Application> training) {
        List<Applicant> applicants =
                training.stream().map(Application::applicant).toList();
        number(applicants, "seniority", Applicant::seniority);
        number(applicants, "time", Applicant::time);
        number(applicants, "age", Applicant::age);
        number(applicants, "expenses", Applicant::expenses);
        number(applicants, "log-income", a -> Math.log1p(a.income()));
        number(applicants, "log-assets", a -> Math.log1p(a.assets()));
        number(applicants, "log-debt", a -> Math.log1p(a.debt()));
        number(applicants, "amount", Applicant::amount);
        number(applicants, "price", Applicant::price);
        number(applicants, "amount-to-price", a -> a.amount() / a.price());
        number(applicants, "log-burden", a -> Math.log(Rules.burden(a)));
        word(applicants, "home", Applicant::home);
        word(applicants, "marital", Applicant::marital);
        word(applicants, "records", Applicant::records);
        word(applicants, "job", Applicant::job);
        names = names();
    }

    private void number(List<Applicant> applicants, String name, ToDoubleFunction<Applicant> of) {
        double[] all = applicants.stream().mapToDouble(of).toArray();
        double[] known = Arrays.stream(all)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        double mean = Arrays.stream(known).average().orElseThrow();
        double variance = Arrays.stream(known)
                .map(value -> (value - mean) * (value - mean))
                .average()
                .orElseThrow();
        Quantity number = new Quantity(name, of, known[known.length / 2], mean, Math.max(Math.sqrt(variance), 1e-9));
        numbers.add(number);
        if (known.length < all.length) {
            mayBeMissing.add(number);
        }
    }

    private void word(List<Applicant> applicants, String name, Function<Applicant, String> of) {
        for (String value : new TreeSet<>(applicants.stream().map(of).toList())) {
            words.add(new Choice(name, of, value));
        }
    }

    private String[] names() {
        List<String> all = new ArrayList<>();
        numbers.forEach(number -> all.add(number.name));
        mayBeMissing.forEach(number -> all.add(number.name + "-missing"));
        words.forEach(word -> all.add(word.name + "=" + (word.value.isEmpty() ? "missing" : word.value)));
        return all.toArray(String[]::new);
    }

    /** The name of each column. */
    String[] columns() {
        return names.clone();
    }

    /** The columns of one application. Never NaN; a word that the training did not know leaves its columns at 0. */
    double[] encode(Applicant applicant) {
        double[] row = new double[names.length];
        int column = 0;
        for (Quantity number : numbers) {
            row[column++] = (number.imputed(applicant) - number.mean) / number.deviation;
        }
        for (Quantity number : mayBeMissing) {
            row[column++] = Double.isNaN(number.of.applyAsDouble(applicant)) ? 1 : 0;
        }
        for (Choice word : words) {
            row[column++] = word.of.apply(applicant).equals(word.value) ? 1 : 0;
        }
        return row;
    }
}
