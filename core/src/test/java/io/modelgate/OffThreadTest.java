package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The threads of a JDK that has no virtual ones are shared by all applications of a process. */
class OffThreadTest {

    private final Executor threads = OffThread.daemons(Duration.ofMillis(1));

    private Thread ranOn(ClassLoader loader) throws Exception {
        Thread caller = Thread.currentThread();
        ClassLoader before = caller.getContextClassLoader();
        caller.setContextClassLoader(loader);
        try {
            return CompletableFuture.supplyAsync(
                            () -> {
                                assertThat(Thread.currentThread().getContextClassLoader())
                                        .isSameAs(loader);
                                return Thread.currentThread();
                            },
                            threads)
                    .get(30, TimeUnit.SECONDS);
        } finally {
            caller.setContextClassLoader(before);
        }
    }

    @Test
    void aTaskHasTheClassLoaderOfItsCallerAndAnIdleThreadEnds() throws Exception {
        try (URLClassLoader one = new URLClassLoader(new URL[0]);
                URLClassLoader other = new URLClassLoader(new URL[0])) {
            Thread first = ranOn(one);
            Thread second = ranOn(other);

            first.join(TimeUnit.SECONDS.toMillis(30));
            second.join(TimeUnit.SECONDS.toMillis(30));
            assertThat(first.isAlive()).isFalse();
            assertThat(second.isAlive()).isFalse();
            assertThat(first.getContextClassLoader()).isSameAs(OffThread.class.getClassLoader());
            assertThat(first.isDaemon()).isTrue();
        }
    }
}
