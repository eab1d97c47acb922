package io.modelgate.spring.test;

import io.modelgate.Gates;
import org.springframework.test.annotation.DirtiesContext.HierarchyMode;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.AbstractTestExecutionListener;
import org.springframework.test.context.support.DependencyInjectionTestExecutionListener;

/** Has each test annotated {@link ModelGateTest} find the gates as they were at the start, and leave them so. */
final class RestoringListener extends AbstractTestExecutionListener {

    private static final String BEFORE = RestoringListener.class.getName() + ".before";

    RestoringListener() {}

    @Override
    public void beforeTestMethod(TestContext test) {
        if (isOne(test)) {
            GatesUnderTest gates = gates(test);
            gates.restore();
            test.setAttribute(BEFORE, Traces.of(gates.gates()));
        }
    }

    @Override
    public void afterTestMethod(TestContext test) {
        if (!(test.removeAttribute(BEFORE) instanceof Traces before)) {
            return;
        }
        GatesUnderTest under = gates(test);
        Gates gates = under.gates();
        boolean undone = false;
        try {
            under.restore();
            undone = before.areAllIn(gates);
        } finally {
            if (!undone) {
                test.markApplicationContextDirty(HierarchyMode.EXHAUSTIVE);
                test.setAttribute(DependencyInjectionTestExecutionListener.REINJECT_DEPENDENCIES_ATTRIBUTE, true);
            }
        }
    }

    private static boolean isOne(TestContext test) {
        return TestContextAnnotationUtils.hasAnnotation(test.getTestClass(), ModelGateTest.class);
    }

    private static GatesUnderTest gates(TestContext test) {
        return test.getApplicationContext().getBean(GatesUnderTest.class);
    }
}
