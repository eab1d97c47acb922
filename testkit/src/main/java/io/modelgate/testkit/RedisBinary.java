package io.modelgate.testkit;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import redis.embedded.core.ExecutableProvider;

/** Where the redis-server of this machine is: in embedded-redis's jar if that is on the class path, else on the PATH. */
final class RedisBinary {

    private static final String NAME = "redis-server";

    private RedisBinary() {}

    static Optional<Path> find() {
        return Found.BINARY;
    }

    private static Optional<Path> onPath() {
        String path = System.getenv("PATH");
        return Stream.of((path == null ? "" : path).split(File.pathSeparator))
                .filter(folder -> !folder.isEmpty())
                .map(folder -> Path.of(folder, NAME))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static boolean onClassPath() {
        return RedisBinary.class.getClassLoader().getResource("redis/embedded/core/ExecutableProvider.class") != null;
    }

    /** Unpacked once a JVM. */
    private static final class Found {

        static final Optional<Path> BINARY = onClassPath() ? unpack().or(RedisBinary::onPath) : onPath();

        private static Optional<Path> unpack() {
            try {
                File folder = Files.createTempDirectory("redis-binary").toFile();
                File binary = ExecutableProvider.newJarResourceProvider(folder).get();
                binary.deleteOnExit();
                folder.deleteOnExit();
                return Optional.of(binary.toPath()).filter(Files::isExecutable);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot unpack " + NAME, e);
            } catch (RuntimeException e) {
                // No binary in the jar for this machine; the PATH may have one.
                return Optional.empty();
            }
        }
    }
}
