package io.modelgate.console;

import io.modelgate.Gates;
import io.modelgate.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What the JDK's server does in a process of its own, whose first such server is a console's: prints it. */
final class JdkServerProbe {

    private static final int KEPT = 41;

    private JdkServerProbe() {}

    public static void main(String[] args) throws Exception {
        JdkServer.SETTINGS.keySet().forEach(name -> System.out.println(name + "=" + System.getProperty(name, "unset")));
        try (ServerRig rig = new ServerRig(Gates.open(g -> {}), c -> c.requestsPerSecond(100_000))) {
            JdkServer.SETTINGS.keySet().forEach(name -> System.out.println(name + "=" + System.getProperty(name)));
            System.out.println("median.millis=" + median(rig));
            for (int size : new int[] {30_000, 70_000}) {
                String headers = rig.headers(Role.VIEWER) + "X-A: " + "a".repeat(size) + "\r\n";
                System.out.println("header." + size + "="
                        + rig.send("GET", "/api/v1/look", headers)
                                .map(answer -> Integer.toString(answer.status()))
                                .orElse("closed"));
            }
            System.out.println("connections=" + connections(rig, Integer.parseInt(args[0])));
        }
    }

    /** Of requests on one connection. */
    private static long median(ServerRig rig) throws Exception {
        long[] nanos = new long[KEPT];
        try (Wire wire = new Wire(rig.uri())) {
            for (int i = 0; i < KEPT; i++) {
                long began = Ticker.system().read();
                wire.send("GET /api/v1/look HTTP/1.1\r\n" + rig.headers(Role.VIEWER) + "\r\n");
                if (wire.read().isEmpty()) {
                    throw new IllegalStateException("the connection is not kept");
                }
                nanos[i] = Ticker.system().read() - began;
            }
        }
        Arrays.sort(nanos);
        return nanos[KEPT / 2] / 1_000_000;
    }

    /** How many stay open of so many that send nothing. */
    private static int connections(ServerRig rig, int most) throws Exception {
        List<Wire> wires = new ArrayList<>();
        int open = 0;
        for (int i = 0; i < most; i++) {
            Wire wire = new Wire(rig.uri());
            wires.add(wire);
            wire.patience(Duration.ofMillis(i < most - 20 ? 1 : 200));
            open += wire.closed() ? 0 : 1;
        }
        wires.forEach(Wire::close);
        return open;
    }
}
