package io.modelgate.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.context.event.EventListener;
import org.springframework.context.support.GenericApplicationContext;

class PublishedEventsTest {

    static class Heard {
        final List<Integer> heard = new ArrayList<>();

        @EventListener
        void on(Integer event) {
            heard.add(event);
            if (event == 1) {
                throw new IllegalStateException("a listener that throws");
            }
        }
    }

    private final org.springframework.context.annotation.AnnotationConfigApplicationContext context =
            new org.springframework.context.annotation.AnnotationConfigApplicationContext(Heard.class);
    private final PublishedEvents events = new PublishedEvents((GenericApplicationContext) context);
    private final List<Integer> heard = context.getBean(Heard.class).heard;

    @Test
    void whatHappensBeforeThereAreListenersWaitsForThemInOrder() {
        events.publish(1);
        events.publish(2);
        assertThat(heard).isEmpty();
        events.afterSingletonsInstantiated();
        assertThat(heard).containsExactly(1, 2);
        events.publish(3);
        assertThat(heard).containsExactly(1, 2, 3);
    }

    @Test
    void nothingIsPublishedOnceTheApplicationIsClosed() {
        events.afterSingletonsInstantiated();
        context.close();
        events.publish(3);
        assertThat(heard).isEmpty();
    }
}
