package io.modelgate.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import io.modelgate.spring.test.Credit.CreditModel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.junit.jupiter.SpringJUnitConfig;

/** The annotation counts for classes within the one that has it, beside any annotation that starts an application; JUnit runs it. */
@SpringJUnitConfig({Credit.Forest.class})
@ModelGateTest
class InheritanceTest {

    @Autowired
    GatesUnderTest under;

    @Autowired
    CreditModel credit;

    @Nested
    @TestMethodOrder(OrderAnnotation.class)
    class Within {
        @Autowired
        Gates gates;

        @BeforeEach
        void killBeforeEach() {
            under.kill("credit-limit");
        }

        @Test
        @Order(1)
        void killsInAMethodBeforeEachHoldInTheTest() {
            under.kill("credit-risk");
            assertThat(gates.kills()).hasSize(2);
            assertThat(credit.decide(0.4, "user-42")).isEqualTo("refer");
        }

        @Test
        @Order(2)
        void theNextTestFindsThemUndone() {
            assertThat(gates.kills()).hasSize(1);
            assertThat(credit.decide(0.4, "user-42")).isEqualTo("v1");
        }
    }
}
