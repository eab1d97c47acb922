package io.modelgate.redis.chaos;

import io.modelgate.testkit.RedisServer;
import io.modelgate.testkit.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;

/** The processes and their Redis: one server, or a master and a replica under three sentinels. */
final class Fleet implements AutoCloseable {

    private static final String MASTER = "main";

    final Path folder;
    final List<FleetJvm> processes = new ArrayList<>();
    final List<RedisServer> servers = new ArrayList<>();
    final List<RedisServer> sentinels = new ArrayList<>();

    /** Loses nothing when it is killed: what was lost with a ledger is no part of what budgets state. */
    final RedisServer budgets;

    Fleet(Path folder, int size, boolean withSentinels, Random random, int pauseMillis) throws IOException {
        this.folder = folder;
        RedisServer first = server("redis-0");
        servers.add(first.start());
        budgets = server("redis-budgets").config("appendfsync always").start();
        String uri = first.uri();
        if (withSentinels) {
            servers.add(server("redis-1").replicaOf(first).start());
            List<String> addresses = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                RedisServer sentinel =
                        RedisServer.sentinel(MASTER, first, 2).directory(folder.resolve("sentinel-" + i));
                sentinels.add(sentinel.start());
                addresses.add("127.0.0.1:" + sentinel.port());
            }
            uri = "redis-sentinel://" + String.join(",", addresses) + "/0#" + MASTER;
        }
        for (int i = 0; i < size; i++) {
            // A sentinel tells the master's own address: no proxy would be on the way.
            Optional<TcpProxy> network = withSentinels ? Optional.empty() : Optional.of(TcpProxy.to(first.port()));
            String where = network.map(proxy -> first.uri(proxy.port())).orElse(uri);
            processes.add(new FleetJvm("p" + i, folder, network, where, random.nextLong(), pauseMillis, budgets.uri()));
        }
    }

    private RedisServer server(String name) {
        return RedisServer.create().directory(folder.resolve(name));
    }

    /** The server that takes writes, as the first sentinel says that answers. */
    RedisServer master() {
        return sentinels.stream()
                .flatMap(sentinel -> named(sentinel).stream())
                .findFirst()
                .orElse(servers.get(0));
    }

    private Optional<RedisServer> named(RedisServer sentinel) {
        if (sentinel.command("SENTINEL", "get-master-addr-by-name", MASTER) instanceof List<?> address) {
            return servers.stream()
                    .filter(server -> address.get(1).equals(String.valueOf(server.port())))
                    .findFirst();
        }
        return Optional.empty();
    }

    /**
     * The lines of the stream. None while a failover is under way, until every sentinel names the same master and no other server takes
     * writes: processes that are still connected to the one that gave way would see their entries there, and not in this stream.
     */
    Optional<List<String>> stream() {
        try {
            return agreedStream();
        } catch (UncheckedIOException | IllegalStateException e) {
            return Optional.empty(); // a server that changes its role ends all connections, or refuses
        }
    }

    private Optional<List<String>> agreedStream() {
        RedisServer master = master();
        boolean agreed = sentinels.stream().allMatch(sentinel -> named(sentinel).equals(Optional.of(master)))
                && servers.stream().allMatch(server -> takesWrites(server) == (server == master));
        if (!agreed
                || !(master.command("XRANGE", "modelgate:{" + FleetLogs.NAME + "}:log", "-", "+")
                        instanceof List<?> entries)) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>();
        for (Object entry : entries) {
            List<?> fields = (List<?>) ((List<?>) entry).get(1);
            lines.add(String.valueOf(fields.get(1)));
        }
        return Optional.of(lines);
    }

    private static boolean takesWrites(RedisServer server) {
        return server.command("ROLE") instanceof List<?> role && role.get(0).equals("master");
    }

    /** Sets the data of a server aside while it runs. */
    static void copyData(RedisServer server, Path to) {
        delete(to);
        copy(server.directory(), to);
    }

    /** Puts the data of a server that does not run back to what was set aside. */
    static void restoreData(RedisServer server, Path from) {
        try (Stream<Path> files = Files.list(server.directory())) {
            for (Path file : files.filter(Fleet::isData).toList()) {
                delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (Files.exists(from)) {
            copy(from, server.directory());
        }
    }

    private static boolean isData(Path file) {
        String name = file.getFileName().toString();
        return name.startsWith("appendonly") || name.endsWith(".rdb");
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> paths = Files.walk(from)) {
            Files.createDirectories(to);
            for (Path path : paths.toList()) {
                Path relative = from.relativize(path);
                if (!relative.toString().isEmpty() && isData(from.resolve(relative.getName(0)))) {
                    Files.copy(path, to.resolve(relative), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void delete(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> paths = Files.walk(path)) {
            for (Path each : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        processes.forEach(FleetJvm::close);
        sentinels.forEach(RedisServer::close);
        servers.forEach(RedisServer::close);
        budgets.close();
    }
}
