package io.modelgate.spring;

import io.micrometer.core.instrument.MeterRegistry;
import io.modelgate.Gates;
import io.modelgate.console.Console;
import io.modelgate.rollout.Rollouts;
import java.net.URI;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.SmartLifecycle;

/**
 * The console, served from when the application is ready until it stops: it starts last, so that it never shows half of the gates, and
 * stops first, so that nobody waits for it. Thread-safe.
 */
final class MountedConsole implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ModelGateConsoleAutoConfiguration.class);

    private final ModelGateProperties.Console settings;
    private final Gates gates;
    private final ObjectProvider<Rollouts> rollouts;
    private final ObjectProvider<MeterRegistry> meters;
    private final ObjectProvider<SslBundles> bundles;

    /** Guarded by this. */
    private @Nullable Console console;

    MountedConsole(
            ModelGateProperties.Console settings,
            Gates gates,
            ObjectProvider<Rollouts> rollouts,
            ObjectProvider<MeterRegistry> meters,
            ObjectProvider<SslBundles> bundles) {
        this.settings = settings;
        this.gates = gates;
        this.rollouts = rollouts;
        this.meters = meters;
        this.bundles = bundles;
    }

    @Override
    public synchronized void start() {
        if (console == null) {
            Console started = ServedConsole.start(
                    settings,
                    gates,
                    shown -> {
                        rollouts.ifUnique(shown::rollouts);
                        meters.ifUnique(shown::meters);
                    },
                    tls());
            LOG.info("The console is served at {}", started.address());
            console = started;
        }
    }

    private @Nullable SSLContext tls() {
        String name = settings.ssl().bundle();
        if (name == null || name.isBlank()) {
            return null;
        }
        SslBundles known = bundles.getIfAvailable();
        try {
            if (known != null) {
                return known.getBundle(name).createSslContext();
            }
        } catch (NoSuchSslBundleException e) {
            throw PropertyMistakes.refusal(
                    "modelgate.console.ssl.bundle",
                    "there is no SSL bundle of that name; define it under spring.ssl.bundle, or name one of those",
                    e);
        }
        throw PropertyMistakes.refusal(
                "modelgate.console.ssl.bundle",
                "this application has no SSL bundles: define it under spring.ssl.bundle",
                null);
    }

    /** Where it is served, or null while it is not. */
    synchronized @Nullable URI address() {
        return console == null ? null : console.address();
    }

    @Override
    public synchronized void stop() {
        if (console != null) {
            console.close();
            console = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return console != null;
    }
}
