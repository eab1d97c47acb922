package io.modelgate.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.ControlLog;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class ForwardingControlLogTest {

    /** A default method that is not forwarded would answer for a log that knows better. */
    @Test
    void everyMethodOfTheLogIsForwarded() {
        List<String> forwarded = Arrays.stream(ForwardingControlLog.class.getDeclaredMethods())
                .filter(method -> !method.isSynthetic())
                .map(ForwardingControlLogTest::signature)
                .toList();
        assertThat(Arrays.stream(ControlLog.class.getMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .map(ForwardingControlLogTest::signature)
                        .distinct())
                .allSatisfy(method -> assertThat(forwarded).contains(method));
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }
}
