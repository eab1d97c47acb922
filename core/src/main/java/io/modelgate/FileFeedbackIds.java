package io.modelgate;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.FileLockInterruptionException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers ids in a file of lines of one length, to which all processes of a host append under a lock. A head line counts how often the
 * file was written anew without what had expired: whoever finds another count than it knew reads all of it. Thread-safe.
 */
final class FileFeedbackIds implements FeedbackIds {

    private static final Logger LOG = LoggerFactory.getLogger("io.modelgate");

    /** Of the head and of each id, with its line feed. */
    static final int LINE = 34;

    private static final String HEAD_BEGINS = "modelgate-feedback 1 ";
    private static final Pattern HEAD = Pattern.compile(HEAD_BEGINS + "(\\d{12})\n");

    /** Of a head over which its process or the machine died. */
    private static final Pattern TORN_HEAD = Pattern.compile(HEAD_BEGINS + "\\d{0,12}");

    private static final Pattern ID = Pattern.compile("([A-Za-z0-9_-]{22}) (\\d{10})\n");

    /** It is written anew at the earliest when so many ids have come since the last time, and as many as were left then. */
    private static final int FEW = 1024;

    /** Of what was read, it is not known yet how many have not expired. */
    private static final long UNCOUNTED = -1;

    private static final long FIRST_GENERATIONS = 500_000_000_000L;

    private final Path file;
    private final Path lock;
    private final Map<String, Long> known = new HashMap<>();
    private long generation = -1;

    /** Up to where this process has read. */
    private long end;

    /** How many are known when it is written anew, or {@link #UNCOUNTED}. */
    private long nextSweep = UNCOUNTED;

    private final HostTime time;
    private volatile boolean closed;

    private FileFeedbackIds(Path file, Ticker ticker) {
        this.file = file;
        lock = file.resolveSibling(file.getFileName() + ".lock");
        time = new HostTime(lock, ticker);
    }

    static FileFeedbackIds open(Path file, Ticker ticker) {
        try {
            // A link is followed once: the file is replaced, and not the link.
            Path absolute = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            FileFeedbackIds ids = new FileFeedbackIds(absolute, ticker);
            ids.holding(ids::read);
            return ids;
        } catch (IOException e) {
            throw new UncheckedIOException("feedback ids " + file + " cannot be opened: " + e, e);
        }
    }

    @Override
    public boolean first(String id, Instant now, Instant expires) {
        String line = line(id, expires.getEpochSecond());
        if (!ID.matcher(line).matches()) {
            throw new IllegalArgumentException("id is " + Names.quote(id) + ", expiring at " + expires
                    + ": expected 22 letters, digits, '-' or '_', and a time from 1970 to 2286");
        }
        try {
            return holding(open -> {
                read(open);
                Instant past = time.surely(now); // of each who asks: one may be the first whose clock is right
                if (known.containsKey(id)) {
                    return false;
                }
                append(open, line);
                known.put(id, expires.getEpochSecond());
                sweep(past);
                return true;
            });
        } catch (IOException e) {
            throw new UncheckedIOException("feedback ids " + file + " cannot be read or written: " + e, e);
        }
    }

    private static String line(String id, long expires) {
        return id + String.format(Locale.ROOT, " %010d\n", expires);
    }

    private static String head(long generation) {
        return String.format(Locale.ROOT, HEAD_BEGINS + "%012d\n", generation);
    }

    private static byte[] bytes(String line) {
        return line.getBytes(StandardCharsets.ISO_8859_1);
    }

    private void append(RandomAccessFile open, String line) throws IOException {
        open.seek(end);
        try {
            open.write(bytes(line));
        } catch (IOException e) { // a full disk may have taken part of it
            open.setLength(end);
            throw e;
        }
        end += LINE;
    }

    /** Reads what has come since the last time; all of it if the file was written anew. */
    private boolean read(RandomAccessFile open) throws IOException {
        byte[] first = new byte[(int) Math.min(LINE, open.length())];
        open.seek(0);
        open.readFully(first);
        String begin = new String(first, StandardCharsets.ISO_8859_1);
        Matcher head = HEAD.matcher(begin);
        if (!head.matches()) {
            if (!(first.length < LINE && unfinished(begin)) && !neverWritten(open)) {
                throw new IllegalStateException("feedback ids: " + file
                        + " is no file of them: line 1 is not \"modelgate-feedback 1 …\"; give another path");
            }
            known.clear();
            generation = ThreadLocalRandom.current()
                    .nextLong(1, FIRST_GENERATIONS); // of a file in place of one that was deleted
            open.setLength(0);
            end = 0;
            append(open, head(generation));
            nextSweep = FEW;
            return true;
        }
        long written = Long.parseLong(head.group(1));
        if (written != generation || open.length() < end) {
            known.clear();
            generation = written;
            end = LINE;
        }
        boolean all = end == LINE;
        readLines(open);
        if (all) {
            nextSweep = UNCOUNTED;
        }
        return true;
    }

    private static boolean unfinished(String head) {
        return HEAD_BEGINS.startsWith(head) || TORN_HEAD.matcher(head).matches();
    }

    /** After a power cut a file may have its length and nothing in it: it was not forced to the disk. */
    private boolean neverWritten(RandomAccessFile open) throws IOException {
        long length = open.length();
        byte[] block = new byte[LINE * 1024];
        open.seek(0);
        for (int size; (size = open.read(block)) > 0; ) {
            for (int i = 0; i < size; i++) {
                if (block[i] != 0) {
                    return false;
                }
            }
        }
        LOG.warn("feedback ids {}: its {} bytes never came to the disk, and it begins anew", file, length);
        return true;
    }

    private void readLines(RandomAccessFile open) throws IOException {
        long length = open.length();
        byte[] block = new byte[LINE * 1024];
        long bad = -1;
        open.seek(end);
        for (long at = end; at < length; ) {
            int size = (int) Math.min(block.length, length - at);
            open.readFully(block, 0, size);
            for (int from = 0; from < size; from += LINE, at += LINE) {
                int to = Math.min(from + LINE, size);
                Matcher line = ID.matcher(new String(block, from, to - from, StandardCharsets.ISO_8859_1));
                if (!line.matches()) {
                    bad = bad < 0 ? at : bad;
                } else if (bad >= 0) {
                    throw new IllegalStateException("feedback ids " + file + ": line " + (bad / LINE + 1)
                            + " is damaged; take it out, or move the file away and lose what it remembers");
                } else {
                    known.put(line.group(1), Long.parseLong(line.group(2)));
                    end = at + LINE;
                }
            }
        }
        if (bad >= 0) { // nothing whole follows: it was being written when its process or the machine died
            LOG.warn("feedback ids {}: the last {} bytes were unfinished and are cut off", file, length - bad);
            open.setLength(bad);
        }
    }

    /** Writes the file anew without what has expired, once that is about half of it. Where it cannot be, for want of room perhaps, it only stays long. */
    private void sweep(Instant past) {
        if (past.equals(Instant.MIN)) {
            return;
        }
        long expired = past.getEpochSecond();
        if (nextSweep == UNCOUNTED) {
            long waited =
                    known.values().stream().filter(each -> each >= expired).count();
            nextSweep = 2 * waited + FEW;
        }
        if (known.size() < nextSweep) {
            return;
        }
        try {
            if (known.values().removeIf(expires -> expires < expired)) {
                replace();
            }
        } catch (IOException e) {
            LOG.warn(
                    "feedback ids {} could not be written anew without those that have expired: {}",
                    file,
                    e.toString());
        }
        nextSweep = 2L * known.size() + FEW;
    }

    private void replace() throws IOException {
        File temporary = file.resolveSibling(file.getFileName() + ".tmp").toFile();
        long written = generation + 1;
        try (RandomAccessFile out = new RandomAccessFile(temporary, "rw")) {
            out.setLength(0);
            StringBuilder lines = new StringBuilder(head(written));
            for (Map.Entry<String, Long> each : known.entrySet()) {
                lines.append(line(each.getKey(), each.getValue()));
                if (lines.length() > 1 << 16) {
                    out.write(bytes(lines.toString()));
                    lines.setLength(0);
                }
            }
            out.write(bytes(lines.toString()));
            out.getFD().sync();
        }
        Files.move(temporary.toPath(), file, StandardCopyOption.ATOMIC_MOVE);
        generation = written;
        end = (1L + known.size()) * LINE;
    }

    /** What is done with the file under the lock. */
    @FunctionalInterface
    private interface Action {
        boolean run(RandomAccessFile open) throws IOException;
    }

    /** Runs an action while no other thread or process of the host has the file. An interrupt ends neither the waiting nor the action. */
    private boolean holding(Action action) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            // A lock belongs to the whole JVM, and to close any channel of its file drops it: one monitor for each
            // file.
            synchronized ((FileFeedbackIds.class.getName() + ' ' + file).intern()) {
                while (true) {
                    if (closed) {
                        throw new IllegalStateException("feedback ids " + file + " are closed");
                    }
                    try (FileChannel channel =
                                    FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                            FileLock held = lock(channel)) {
                        if (held != null) {
                            try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
                                return action.run(open);
                            }
                        }
                    }
                    interrupted |= Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Null if an interrupt ended the waiting, which also closes the channel. */
    private static @Nullable FileLock lock(FileChannel channel) throws IOException {
        try {
            return channel.lock();
        } catch (FileLockInterruptionException | ClosedByInterruptException e) {
            return null;
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
