package io.modelgate.spring.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;

/**
 * Starts no application: has the gates of the one that the annotation beside it starts, {@code @SpringBootTest} or a slice such as
 * {@code @WebMvcTest}, run in manual time, on a control log in memory whatever its properties and beans say, and start each test alike: nothing
 * killed, no fault, breakers closed. {@link GatesUnderTest} can be injected then.
 *
 * <pre>{@code
 * @SpringBootTest
 * @ModelGateTest
 * class CreditTest {
 *     @Autowired
 *     GatesUnderTest under;
 *
 *     @Autowired
 *     CreditModel credit;
 *
 *     @Test
 *     void aKillGivesTheSafeAnswer() {
 *         under.kill("credit-risk");
 *         assertThat(credit.decide(applicant, "user-42")).isEqualTo(REFER_TO_HUMAN);
 *     }
 * }
 * }</pre>
 *
 * <p>A slice has the starter's auto-configuration with it: answers for calls that ended in hard failure, callers made of requests, {@code Mono} and
 * {@code Flux}. It finds no versions by itself, as no slice finds components of that kind: import them.
 *
 * <p>A test that leaves more behind than that, such as a promotion, a rollout or what it spent of a budget, has the next one start with a new application.
 * Tests that share an application do not run at once.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ImportAutoConfiguration
public @interface ModelGateTest {}
