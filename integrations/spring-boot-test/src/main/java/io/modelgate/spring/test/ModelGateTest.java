package io.modelgate.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Has the gates of a test's application run in manual time, on a control log in memory whatever its properties and beans say, and start each
 * test alike: nothing killed, no fault, breakers closed. Stands beside {@code @SpringBootTest}, or another annotation that starts an application with
 * the starter's auto-configuration; {@link GatesUnderTest} can be injected then.
 *
 * <pre>{@code
 * @SpringBootTest
 * @ModelGateTest
 * class CreditTest {
 *     @Autowired
 *     GatesUnderTest gates;
 *
 *     @Autowired
 *     CreditModel credit;
 *
 *     @Test
 *     void aKillGivesTheSafeAnswer() {
 *         gates.kill("credit-risk");
 *         assertThat(credit.decide(applicant, "user-42")).isEqualTo(REFER_TO_HUMAN);
 *     }
 * }
 * }</pre>
 *
 * <p>A test that leaves more behind than that, such as a promotion, a rollout or what it spent of a budget, has the next one start with a new application.
 * Tests that share an application do not run at once.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
public @interface ModelGateTest {}
