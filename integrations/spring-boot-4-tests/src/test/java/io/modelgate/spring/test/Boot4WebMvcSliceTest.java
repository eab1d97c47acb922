package io.modelgate.spring.test;

import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ContextConfiguration;

/** The slice of Boot 4, for which there is nothing in the tests that were compiled against 3.5. */
@WebMvcTest(
        controllers = Desk.Pages.class,
        properties = {"modelgate.caller.header=X-User", "modelgate.gates.word.model-timeout=200ms"})
@ContextConfiguration(classes = Desk.class)
@Import({Desk.Plain.class, Desk.Pages.class})
@ModelGateTest
class Boot4WebMvcSliceTest extends MvcSlice {}
