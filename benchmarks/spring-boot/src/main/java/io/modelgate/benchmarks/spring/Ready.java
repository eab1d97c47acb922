package io.modelgate.benchmarks.spring;

import static java.util.Objects.requireNonNull;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;

/** Once the application is ready, prints what it took until then and what it answers, and ends the process. Knows nothing of ModelGate. */
public final class Ready implements ApplicationListener<ApplicationReadyEvent> {

    /** What the line begins with that holds the figures. */
    static final String LINE = "ready: ";

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        long now = System.currentTimeMillis();
        long cpuNanos =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
        Duration taken = requireNonNull(event.getTimeTaken());
        System.out.printf(
                Locale.ROOT,
                "%s%.3f %d %.3f %d %s%n",
                LINE,
                taken.toNanos() / 1e6,
                now - ManagementFactory.getRuntimeMXBean().getStartTime(),
                cpuNanos / 1e6,
                ManagementFactory.getClassLoadingMXBean().getTotalLoadedClassCount(),
                answer(event.getApplicationContext().getEnvironment().getRequiredProperty("local.server.port")));
        System.out.flush();
        Runtime.getRuntime().halt(0);
    }

    private static String answer(String port) {
        URI score = URI.create("http://127.0.0.1:" + port + "/score?debtRatio=0.4&user=user-42");
        try (InputStream answer = score.toURL().openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
