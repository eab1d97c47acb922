package io.modelgate.spring.test;

import org.junit.jupiter.api.condition.EnabledIf;
import org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.util.ClassUtils;

/** The slice of Boot 3.5; the one of Boot 4 has another name. */
@EnabledIf("isBoot3")
@WebMvcTest(
        controllers = Desk.Pages.class,
        properties = {"modelgate.caller.header=X-User", "modelgate.gates.word.model-timeout=200ms"})
@ContextConfiguration(classes = Desk.class)
@Import({Desk.Plain.class, Desk.Pages.class})
@ModelGateTest
class WebMvcSliceTest extends MvcSlice {

    static boolean isBoot3() {
        return ClassUtils.isPresent("org.springframework.boot.test.autoconfigure.web.servlet.WebMvcTest", null);
    }
}
