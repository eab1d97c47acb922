package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PortsTest {

    @Test
    void thePortOfAServerThatIsNotStartedYetIsGivenToNobodyElse() {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            ports.add(Ports.free());
        }
        assertThat(ports).doesNotHaveDuplicates();
    }
}
