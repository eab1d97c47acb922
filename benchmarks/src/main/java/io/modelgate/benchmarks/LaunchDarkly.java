package io.modelgate.benchmarks;

import com.launchdarkly.sdk.LDContext;
import com.launchdarkly.sdk.server.Components;
import com.launchdarkly.sdk.server.LDClient;
import com.launchdarkly.sdk.server.LDConfig;
import com.launchdarkly.sdk.server.integrations.FileData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** LaunchDarkly's client on its file data source: everything in memory, nothing sent, nothing logged. */
final class LaunchDarkly {

    /** True for everyone. */
    static final String LIVE = "live";

    /** True for a tenth of the users. */
    static final String CANDIDATE = "candidate";

    private static final String FLAGS = """
            {"flags": {
              "live": {"key": "live", "version": 1, "on": true, "salt": "a", "variations": [true, false],
                "fallthrough": {"variation": 0}, "offVariation": 1},
              "candidate": {"key": "candidate", "version": 1, "on": true, "salt": "b", "variations": [true, false],
                "fallthrough": {"rollout": {"contextKind": "user", "variations": [
                  {"variation": 0, "weight": 10000}, {"variation": 1, "weight": 90000}]}},
                "offVariation": 1}
            }}
            """;

    private LaunchDarkly() {}

    static LDClient open() throws IOException {
        Path flags = Files.createTempFile("flags", ".json");
        try {
            Files.writeString(flags, FLAGS);
            LDClient client = new LDClient(
                    "no-key",
                    new LDConfig.Builder()
                            .dataSource(FileData.dataSource().filePaths(flags))
                            .events(Components.noEvents())
                            .logging(Components.noLogging())
                            .diagnosticOptOut(true)
                            .build());
            if (!client.isInitialized()) {
                throw new IllegalStateException("the flags did not load");
            }
            return client;
        } finally {
            Files.delete(flags);
        }
    }

    /** One context a caller, made beforehand: a team that makes one per call pays more. */
    static LDContext[] contexts() {
        LDContext[] contexts = new LDContext[Keys.COUNT];
        for (int i = 0; i < contexts.length; i++) {
            contexts[i] = LDContext.create(Keys.at(i));
        }
        return contexts;
    }
}
