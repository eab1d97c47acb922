package io.modelgate.examples.credit;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * The real applications: some to train on, the rest held out. Immutable.
 *
 * @param training three quarters of them
 * @param heldOut the others, which no model has seen
 */
record CreditData(List<Application> training, List<Application> heldOut) {

    private static final CSVFormat FORMAT =
            CSVFormat.DEFAULT.builder().setHeader().setSkipHeaderRecord(true).get();

    /** Reads the file that comes with this example and splits it at random, the same way for the same seed. */
    static CreditData split(long seed) {
        List<Application> all = new ArrayList<>(read());
        Collections.shuffle(all, new Random(seed));
        int cut = all.size() * 3 / 4;
        return new CreditData(List.copyOf(all.subList(0, cut)), List.copyOf(all.subList(cut, all.size())));
    }

    private static List<Application> read() {
        try (InputStream file = Objects.requireNonNull(CreditData.class.getResourceAsStream("credit_data.csv"));
                InputStreamReader reader = new InputStreamReader(file, StandardCharsets.UTF_8)) {
            return FORMAT.parse(reader).stream().map(CreditData::application).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Application application(CSVRecord row) {
        Applicant applicant = new Applicant(
                number(row, "Seniority"),
                row.get("Home"),
                number(row, "Time"),
                number(row, "Age"),
                row.get("Marital"),
                row.get("Records"),
                row.get("Job"),
                number(row, "Expenses"),
                number(row, "Income"),
                number(row, "Assets"),
                number(row, "Debt"),
                number(row, "Amount"),
                number(row, "Price"));
        return new Application(applicant, row.get("Status").equals("bad"));
    }

    private static double number(CSVRecord row, String column) {
        String cell = row.get(column);
        return cell.isEmpty() ? Double.NaN : Double.parseDouble(cell);
    }
}
