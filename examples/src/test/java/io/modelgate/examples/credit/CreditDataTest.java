package io.modelgate.examples.credit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CreditDataTest {

    private final CreditData data = CreditData.split(7);
    private final List<Application> all =
            Stream.concat(data.training().stream(), data.heldOut().stream()).toList();

    @Test
    void theSameSeedSplitsTheSameWay() {
        assertThat(CreditData.split(7)).isEqualTo(data);
        assertThat(CreditData.split(8).heldOut()).isNotEqualTo(data.heldOut());
    }

    @Test
    void everyApplicationIsOnOneSide() {
        assertThat(data.training()).hasSize(3_340);
        assertThat(all).hasSize(4_454);
        assertThat(all.stream().filter(Application::bad)).hasSize(1_254);
    }

    @Test
    void aMissingNumberIsNaN() {
        assertThat(all.stream().filter(a -> Double.isNaN(a.applicant().income())))
                .hasSize(381);
    }
}
