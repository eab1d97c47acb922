package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class EncodingTest {

    private final List<Application> training = CreditData.split(1).training();
    private final Encoding encoding = new Encoding(training);
    private final List<String> columns = Arrays.asList(encoding.columns());

    @Test
    void numbersAreScaledToMeanZeroAndDeviationOne() {
        int age = columns.indexOf("age");
        double[] ages = training.stream()
                .mapToDouble(a -> encoding.encode(a.applicant())[age])
                .toArray();
        assertThat(Arrays.stream(ages).average().orElseThrow()).isCloseTo(0, within(1e-9));
        assertThat(Arrays.stream(ages).map(value -> value * value).average().orElseThrow())
                .isCloseTo(1, within(1e-9));
    }

    @Test
    void aMissingNumberBecomesTheMedianAndIsIndicated() {
        double[] incomes = training.stream()
                .mapToDouble(a -> a.applicant().income())
                .filter(income -> !Double.isNaN(income))
                .sorted()
                .toArray();
        Applicant someone = training.get(0).applicant();
        double[] missing = encoding.encode(someone.income(Double.NaN));
        double[] typical = encoding.encode(someone.income(incomes[incomes.length / 2]));
        int income = columns.indexOf("log-income");
        int indicator = columns.indexOf("log-income-missing");
        assertThat(missing[income]).isCloseTo(typical[income], within(1e-9));
        assertThat(missing[indicator]).isEqualTo(1);
        assertThat(typical[indicator]).isZero();
    }

    @Test
    void everyRowIsFiniteAndHasOneColumnOfEachWord() {
        for (Application application : training) {
            double[] row = encoding.encode(application.applicant());
            double homes = 0;
            for (int column = 0; column < row.length; column++) {
                assertThat(row[column]).isFinite();
                homes += columns.get(column).startsWith("home=") ? row[column] : 0;
            }
            assertThat(homes).isEqualTo(1);
        }
    }
}
