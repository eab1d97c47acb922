package io.modelgate.rollout;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The files of a ledger of exposures: a folder for each rollout, and in it a file for each process. Immutable. */
record ExposureFolder(Path root) {

    /** So many exposures are looked at in one reading: what is remembered of each caller has to fit the memory. */
    private static final long ONE_READING = 1_000_000;

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,150}");

    /** Takes what one caller has met. */
    interface Callers {
        void caller(String caller, Met met) throws IOException;
    }

    /** What one caller has met. Not thread-safe. */
    static final class Met {
        private static final int MOST_OUTCOMES = 20;

        long first = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        long calls;
        final List<String> outcomes = new ArrayList<>(2);

        void at(long at, String outcome) {
            first = Math.min(first, at);
            last = Math.max(last, at);
            calls++;
            if (outcomes.size() < MOST_OUTCOMES) {
                outcomes.add(outcome);
            }
        }
    }

    /** Where the files of a rollout are; an id that could not name a folder is hashed. */
    Path of(String rollout) {
        return root.resolve(NAME.matcher(rollout).matches() ? rollout : "_" + Sha256.of(rollout));
    }

    /** The files of a rollout, by name. */
    List<ExposureFile> files(String rollout) throws IOException {
        return files(of(rollout));
    }

    /** The files of all rollouts, by rollout. */
    List<List<ExposureFile>> all() throws IOException {
        List<List<ExposureFile>> all = new ArrayList<>();
        for (Path folder : listed(root)) {
            List<ExposureFile> files = files(folder);
            if (!files.isEmpty()) {
                all.add(files);
            }
        }
        return all;
    }

    static List<ExposureFile> files(Path folder) throws IOException {
        return files(listed(folder));
    }

    /** The files of a listing, which may show under both its names one that is sealed meanwhile. */
    static List<ExposureFile> files(Iterable<Path> listed) throws IOException {
        Map<Path, ExposureFile> files = new TreeMap<>();
        for (Path path : listed) {
            try {
                ExposureFile.at(path).ifPresent(file -> files.put(path, file));
            } catch (NoSuchFileException e) { // sealed meanwhile
                Path sealed = path.resolveSibling(
                        path.getFileName().toString().replace(ExposureFile.OPEN, ExposureFile.SEALED));
                if (Files.exists(sealed)) {
                    ExposureFile.at(sealed).ifPresent(file -> files.put(sealed, file));
                }
            }
        }
        return files.values().stream()
                .filter(file -> file.sealed()
                        || !files.containsKey(ExposureWriter.sealed(file.path()))
                        || Files.exists(file.path())) // by whoever put a backup there
                .toList();
    }

    /**
     * Whether a file is begun and does not say yet of what it is: whoever makes it may be about to write. Not one that was left so.
     *
     * @param since what was begun before is left
     */
    static boolean begun(Path folder, Instant since) throws IOException {
        for (Path path : listed(folder)) {
            try {
                if (path.toString().endsWith(ExposureFile.OPEN)
                        && ExposureFile.at(path).isEmpty()
                        && Files.getLastModifiedTime(path).toInstant().isAfter(since)) {
                    return true;
                }
            } catch (NoSuchFileException e) {
                LOG.debug("{} is gone or sealed", path, e);
            }
        }
        return false;
    }

    /**
     * Last of a folder, when the rest of it is seen to: a caller may be in what nobody can read, and to say otherwise would be a lie.
     *
     * @throws IOException if there is a file that does not say of what it is
     */
    static void failIfNameless(Path folder) throws IOException {
        for (Path path : listed(folder)) {
            try {
                if (ExposureFile.nameless(path)) {
                    throw new IOException(path + " does not say what it is of, and may name the caller: delete it");
                }
            } catch (NoSuchFileException e) {
                LOG.debug("{} is gone or sealed", path, e);
            }
        }
    }

    static Set<Path> listed(Path folder) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
            return sorted(all);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return Set.of();
        }
    }

    /** A disk that fails in the middle of a listing says so by an exception that nobody has to catch. */
    static Set<Path> sorted(DirectoryStream<Path> all) throws IOException {
        Set<Path> paths = new TreeSet<>();
        try {
            all.forEach(paths::add);
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return paths;
    }

    /** How many bytes all files have. */
    long bytes() throws IOException {
        long bytes = 0;
        for (Path folder : listed(root)) {
            for (Path path : listed(folder)) {
                bytes += path.toFile().length(); // 0 if it was sealed or deleted meanwhile
            }
        }
        return bytes;
    }

    /** Whom the version of a rollout answered; empty if there is no file of it. */
    Optional<Exposures> read(String rollout) throws IOException {
        List<ExposureFile> files = files(rollout);
        return files.isEmpty() ? Optional.empty() : Optional.of(read(files, (caller, met) -> {}));
    }

    /** Reads files of one rollout, as often as the memory for their callers wants it. */
    Exposures read(List<ExposureFile> files, Callers callers) throws IOException {
        long[] totals = {0, 0, Long.MAX_VALUE, Long.MIN_VALUE}; // calls, of them without a key, first, last
        long bytes = 0;
        for (ExposureFile file : files) {
            bytes += file.whereItIs(each -> Files.size(each.path()));
            long bad = file.whereItIs(each -> each.read((caller, at, outcome) -> {
                totals[0]++;
                totals[1] += caller.isEmpty() ? 1 : 0;
                totals[2] = Math.min(totals[2], at);
                totals[3] = Math.max(totals[3], at);
            }));
            if (bad > 0) {
                LOG.warn("{} holds {} lines that are no exposures", file.path(), bad);
            }
        }
        long distinct = 0;
        long readings = 1 + totals[0] / ONE_READING;
        for (long part = 0; part < readings; part++) {
            Map<String, Met> met = part(files, part, readings);
            distinct += met.size() - (met.containsKey("") ? 1 : 0);
            for (Map.Entry<String, Met> each : met.entrySet()) {
                callers.caller(each.getKey(), each.getValue());
            }
        }
        ExposureFile.Header header = files.get(0).header();
        return new Exposures(
                header.rollout(),
                header.gate(),
                header.version(),
                distinct,
                totals[0],
                totals[1],
                totals[0] == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(totals[2])),
                totals[0] == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(totals[3])),
                files.size(),
                bytes,
                root);
    }

    private static Map<String, Met> part(List<ExposureFile> files, long part, long parts) throws IOException {
        Map<String, Met> met = new HashMap<>();
        for (ExposureFile file : files) {
            file.whereItIs(each -> each.read((caller, at, outcome) -> {
                if (parts == 1 || Math.floorMod((caller.hashCode() * 0x9E3779B97F4A7C15L) >>> 32, parts) == part) {
                    met.computeIfAbsent(caller, any -> new Met()).at(at, outcome);
                }
            }));
        }
        return met;
    }

    /** The rollouts there are. */
    List<String> rollouts() throws IOException {
        Set<String> rollouts = new HashSet<>();
        for (List<ExposureFile> files : all()) {
            rollouts.add(files.get(0).header().rollout());
        }
        return List.copyOf(new TreeSet<>(rollouts));
    }
}
