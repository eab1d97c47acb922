package io.modelgate.console;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The settings of the JDK's HTTP server, which are system properties, read once when the first server of a process is made. What is not set is set
 * here, for all such servers of the process; if another one was made before, the JDK's own defaults hold, and what the console bounds by itself.
 */
final class JdkServer {

    /**
     * {@code nodelay}: without, each answer on a kept connection takes 40 ms on Linux. {@code maxConnections}: by default as many as the process
     * may have files, and then its models have none left. {@code maxReqHeaderSize}: 380 KiB by default, for each of the threads. What a request
     * may take in time is not set here: {@link RequestThreads} bounds it, for this server only, and streams of events have no end.
     */
    static final Map<String, String> SETTINGS = Map.of(
            "sun.net.httpserver.nodelay", "true",
            "jdk.httpserver.maxConnections", "2000",
            "sun.net.httpserver.maxReqHeaderSize", "65536");

    private JdkServer() {}

    /** Sets what is not set, and returns that. */
    static Map<String, String> prepare() {
        Map<String, String> set = new LinkedHashMap<>();
        SETTINGS.forEach((name, value) -> {
            if (System.getProperty(name) == null) {
                System.setProperty(name, value);
                set.put(name, value);
            }
        });
        return set;
    }
}
