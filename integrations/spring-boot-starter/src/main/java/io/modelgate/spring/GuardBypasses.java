package io.modelgate.spring;

import java.lang.reflect.Method;
import java.util.List;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * Finds gated methods that Spring itself calls on the bare bean: it took hold of the bean before the gate stood in front of it, or calls it before
 * there is one.
 */
final class GuardBypasses {

    /** By name, since none of these need be there. */
    private static final List<String> OF_METHODS = List.of(
            "org.springframework.kafka.annotation.KafkaListener",
            "org.springframework.kafka.annotation.KafkaHandler",
            "org.springframework.amqp.rabbit.annotation.RabbitListener",
            "org.springframework.amqp.rabbit.annotation.RabbitHandler",
            "jakarta.annotation.PostConstruct",
            "jakarta.annotation.PreDestroy",
            "javax.annotation.PostConstruct",
            "javax.annotation.PreDestroy");

    private static final List<String> OF_CLASSES = List.of(
            "org.springframework.kafka.annotation.KafkaListener",
            "org.springframework.amqp.rabbit.annotation.RabbitListener");

    private GuardBypasses() {}

    /**
     * Refuses a class whose gated methods are called so.
     *
     * @throws StartException naming the annotation
     */
    static void check(Class<?> type, String bean) {
        List<Method> gated = GatedMethods.inClasses(type);
        if (gated.isEmpty()) {
            return;
        }
        refuse(
                MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY),
                OF_CLASSES,
                bean + " has @Gated methods and");
        for (Method method : gated) {
            Method called = ClassUtils.getMostSpecificMethod(method, type);
            refuse(
                    MergedAnnotations.from(called, SearchStrategy.TYPE_HIERARCHY),
                    OF_METHODS,
                    bean + ": " + method.getName() + " is gated and");
        }
    }

    private static void refuse(MergedAnnotations found, List<String> names, String who) {
        for (String name : names) {
            if (found.isPresent(name)) {
                throw new StartException(
                        who + " is annotated @" + ClassUtils.getShortName(name)
                                + ", whose calls go to the bean itself, past its gate",
                        "Move the gated method to another bean, and call it from the annotated one.");
            }
        }
    }
}
