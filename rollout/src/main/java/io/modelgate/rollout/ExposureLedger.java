package io.modelgate.rollout;

import io.modelgate.Gates;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Lists the callers that the version of each rollout answered, in files beside the control log and never in it. Whoever has to make up for what a
 * version did finds out here to whom. Thread-safe; several processes may share a folder.
 *
 * <pre>{@code
 * ExposureLedger reached = ExposureLedger.in(Path.of("exposures"));
 * Rollouts rollouts = Rollouts.open(gates, r -> r.exposures(reached));
 * …
 * try (Writer csv = Files.newBufferedWriter(Path.of("hurt.csv"))) {
 *     reached.export(rollout.id(), csv);
 * }
 * }</pre>
 *
 * <p>Without {@link Rollouts} it reads what others wrote. {@code docs/exposures.md} is the guide.
 */
public final class ExposureLedger {

    private static final int ENTRIES = 10_000;

    private final ExposureFolder folder;
    private final ExposureLedgerBuilder config;
    private @Nullable ExposureKeeper keeper;

    private ExposureLedger(Path folder, ExposureLedgerBuilder config) {
        this.folder = new ExposureFolder(folder);
        this.config = config;
    }

    /** A ledger in a folder, which is made once there is something to write. */
    public static ExposureLedger in(Path folder) {
        return in(folder, e -> {});
    }

    /**
     * A ledger in a folder, which is made once there is something to write.
     *
     * @param configure says how much is kept, for how long, and how callers are named
     */
    public static ExposureLedger in(Path folder, Consumer<ExposureLedgerBuilder> configure) {
        ExposureLedgerBuilder builder = new ExposureLedgerBuilder();
        configure.accept(builder);
        return new ExposureLedger(folder, builder);
    }

    synchronized ExposureKeeper attach(Gates gates, Notices notices, FleetRollouts fleet) {
        if (keeper != null) {
            throw new IllegalStateException(
                    "the ledger in " + folder.root() + " belongs to Rollouts already; give each one of its own");
        }
        ExposureKeeper made = new ExposureKeeper(gates, notices, fleet, config, folder);
        keeper = made;
        return made;
    }

    private synchronized @Nullable ExposureKeeper keeper() {
        return keeper;
    }

    /** The rollouts that have exposures, by id. */
    public List<String> rollouts() {
        return read(folder::rollouts);
    }

    /** Whom a rollout's version answered, in numbers; empty if nothing is known of it. Reads its files. */
    public Optional<Exposures> of(String rollout) {
        flush();
        return read(() -> folder.read(rollout));
    }

    /**
     * Writes the callers that a rollout's version answered, as CSV (RFC 4180): {@code caller}, {@code first}, {@code last} (when the calls began, in
     * UTC), {@code calls}, {@code outcome_ids} (up to 20) and {@code more_outcomes} (how many more). A caller is as the ledger keeps it; the
     * line without one is of all callers without a key. A field that a spreadsheet would take for a formula begins with an apostrophe.
     *
     * @return the same in numbers
     * @throws IllegalArgumentException if nothing is known of the rollout, listing those there are
     * @throws IOException if the writer or a file fails
     */
    public Exposures export(String rollout, Appendable to) throws IOException {
        flush();
        List<ExposureFile> files = folder.files(rollout);
        if (files.isEmpty()) {
            throw new IllegalArgumentException(
                    "rollout \"" + rollout + "\" has no exposures in " + folder.root() + "; there are " + rollouts());
        }
        to.append("caller,first,last,calls,outcome_ids,more_outcomes\r\n");
        return folder.read(
                files,
                (caller, met) -> to.append(cell(ExposureFile.unescape(caller)))
                        .append(',')
                        .append(Instant.ofEpochMilli(met.first).toString())
                        .append(',')
                        .append(Instant.ofEpochMilli(met.last).toString())
                        .append(',')
                        .append(Long.toString(met.calls))
                        .append(',')
                        .append(cell(String.join(" ", met.outcomes)))
                        .append(',')
                        .append(Long.toString(met.calls - met.outcomes.size()))
                        .append("\r\n"));
    }

    private static String cell(String text) {
        boolean formula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
        String safe = formula ? "'" + text : text;
        return safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r')
                ? '"' + safe.replace("\"", "\"\"") + '"'
                : safe;
    }

    /** Whether the files of a rollout are what was sealed in a control log, of which this reads all. */
    public ExposureCheck verify(String rollout, ControlLog log) {
        Map<String, String> sealed = new HashMap<>();
        boolean deleted = false;
        long after = 0;
        for (List<Entry> entries = log.read(after, ENTRIES); !entries.isEmpty(); entries = log.read(after, ENTRIES)) {
            for (Entry entry : entries) {
                after = entry.seq();
                if (!rollout.equals(entry.text(EntryTypes.ID))) {
                    continue;
                }
                String file = entry.text("file");
                String digest = entry.text("digest");
                if (entry.type().equals(EntryTypes.EXPOSURES_SEALED) && file != null && digest != null) {
                    sealed.put(file, digest); // the last one stands
                }
                deleted |= entry.type().equals(EntryTypes.EXPOSURES_DELETED);
            }
        }
        return check(rollout, sealed, deleted);
    }

    private ExposureCheck check(String rollout, Map<String, String> sealed, boolean deleted) {
        List<String> intact = new ArrayList<>();
        List<String> changed = new ArrayList<>();
        List<String> unsealed = new ArrayList<>();
        Map<String, String> missing = new HashMap<>(sealed);
        for (ExposureFile file : read(() -> folder.files(rollout))) {
            String digest = missing.remove(file.name());
            if (digest == null) {
                (file.sealed() ? changed : unsealed).add(file.name());
            } else {
                (digest.equals(read(() -> file.whereItIs(ExposureFile::digest))) ? intact : changed).add(file.name());
            }
        }
        return new ExposureCheck(
                rollout, intact, changed, missing.keySet().stream().sorted().toList(), unsealed, deleted);
    }

    /**
     * Erases a caller from all rollouts: from the files of this process, those that are sealed and those whose process has died before it returns,
     * and from those that other processes still write within a minute, by them. Sealed files are sealed anew, by an entry that does not name
     * the caller. Lines that are damaged go too. What the caller does later is written down again; that of the five minutes after it may go too, as
     * the clocks of processes differ.
     *
     * @return how many exposures this process has erased; 0 if another process writes files of the folder anew for five seconds, and it is done after that
     * @throws IllegalStateException if it belongs to no {@link Rollouts}, or their gates are closed
     * @throws UncheckedIOException if a file cannot be written; it is tried again until it can
     */
    public long erase(String callerKey) {
        ExposureKeeper its = keeper();
        if (its == null) {
            throw new IllegalStateException("the ledger in " + folder.root()
                    + " belongs to no Rollouts: only with a control log is it known how callers are named in it");
        }
        return its.erase(callerKey);
    }

    /** Writes down the calls that have ended up to now: for tests, and before a process ends. */
    public void flush() {
        ExposureKeeper its = keeper();
        if (its != null) {
            its.flush();
        }
    }

    /**
     * How many calls are on no list, nor known to be of none, of a rollout that was open or is over: too many waited for the disk, or for
     * {@linkplain io.modelgate.Gates#servedDropped those who listen}, one of whom hung; or they ended while the ledger was closed or after their list
     * was sealed; or a look failed that had taken them. Of most of them nobody knows of which version they were.
     */
    public long mayBeMissing() {
        ExposureKeeper its = keeper();
        return its == null ? 0 : its.mayBeMissing();
    }

    /** How many calls of rollouts this process could not write down: because the folder was full, or the disk failed. */
    public long notTaken() {
        ExposureKeeper its = keeper();
        return its == null ? 0 : its.notTaken();
    }

    private interface Reading<T> {
        T read() throws IOException;
    }

    private <T> T read(Reading<T> reading) {
        try {
            return reading.read();
        } catch (IOException e) {
            throw new UncheckedIOException("the ledger in " + folder.root() + " cannot be read", e);
        }
    }
}
