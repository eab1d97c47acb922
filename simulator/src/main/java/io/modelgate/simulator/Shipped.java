package io.modelgate.simulator;

import io.modelgate.rollout.RolloutPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The policies and scenarios that come with the simulator. */
final class Shipped {

    private Shipped() {}

    static RolloutPolicy policy(String name) {
        String file = "policies/" + name + ".yaml";
        return RolloutPolicy.parse(file, new String(read(file), StandardCharsets.UTF_8));
    }

    static byte[] read(String file) {
        try (InputStream in = Shipped.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException(file + " is missing in this build");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(file, e);
        }
    }
}
