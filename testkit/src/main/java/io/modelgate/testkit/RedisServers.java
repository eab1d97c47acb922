package io.modelgate.testkit;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The servers that run, so that none outlives a JVM that ends without closing them. */
final class RedisServers {

    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> RUNNING.forEach(Process::destroyForcibly)));
    }

    private RedisServers() {}

    static void add(Process process) {
        RUNNING.add(process);
    }

    static void remove(Process process) {
        RUNNING.remove(process);
    }
}
