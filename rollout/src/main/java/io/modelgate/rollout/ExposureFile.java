package io.modelgate.rollout;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file of exposures, as one process wrote it: a line that says of what, and then a line for each exposure. {@code docs/exposures.md}
 * describes the format. Immutable.
 *
 * @param path where it is
 * @param header of what it is
 */
record ExposureFile(Path path, Header header) {

    static final String OPEN = ".open";
    static final String SEALED = ".sealed";

    private static final String MAGIC = "#modelgate-exposures";
    private static final String VERSION = "1";
    private static final String HASHED = "hashed";
    private static final String PLAIN = "plain";
    private static final Pattern SINCE = Pattern.compile("-?\\d{1,18}");
    private static final int LONGEST_LINE = 1 << 16;

    /**
     * Of what a file is.
     *
     * @param rollout the rollout's id
     * @param gate the gate
     * @param version the version under rollout
     * @param hashed whether callers are keyed hashes, and not plain keys
     * @param instance the process that wrote it
     * @param since what its times are the differences to, in milliseconds since 1970
     */
    record Header(String rollout, String gate, String version, boolean hashed, String instance, long since) {

        String line() {
            return String.join(
                            "\t",
                            MAGIC,
                            VERSION,
                            escape(rollout),
                            escape(gate),
                            escape(version),
                            hashed ? HASHED : PLAIN,
                            instance,
                            Long.toString(since))
                    + "\n";
        }

        static @Nullable Header of(String line) {
            String[] parts = line.split("\t", -1);
            if (parts.length != 8
                    || !parts[0].equals(MAGIC)
                    || !parts[1].equals(VERSION)
                    || !SINCE.matcher(parts[7]).matches()) {
                return null;
            }
            return new Header(
                    unescape(parts[2]),
                    unescape(parts[3]),
                    unescape(parts[4]),
                    parts[5].equals(HASHED),
                    parts[6],
                    Long.parseLong(parts[7]));
        }
    }

    /** Takes the exposures of a file, one after the other. */
    interface Reader {
        /**
         * Takes one.
         *
         * @param caller the caller as it is stored; empty for one without a key
         * @param at when the call began, in milliseconds since 1970
         * @param outcome the outcome's id
         */
        void exposure(String caller, long at, String outcome) throws IOException;
    }

    /** What is read of a file. */
    interface Reading<T> {
        T of(ExposureFile file) throws IOException;
    }

    /** The file at a path; empty if it is none of ours, or its process died before the first line was whole. */
    static Optional<ExposureFile> at(Path path) throws IOException {
        String name = String.valueOf(path.getFileName());
        if (!name.endsWith(OPEN) && !name.endsWith(SEALED)) {
            return Optional.empty();
        }
        try (InputStream in = Files.newInputStream(path)) {
            String line = new Lines(in).next();
            Header header = line == null ? null : Header.of(line);
            return header == null ? Optional.empty() : Optional.of(new ExposureFile(path, header));
        }
    }

    /** Whether a file has the name of one of ours and a first line that is none: whom it names cannot be known. */
    static boolean nameless(Path path) throws IOException {
        String name = String.valueOf(path.getFileName());
        if (!name.endsWith(OPEN) && !name.endsWith(SEALED)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(path)) {
            String line = new Lines(in).next();
            return line != null && Header.of(line) == null;
        }
    }

    /** Its name, whether it is sealed or not. */
    String name() {
        String name = String.valueOf(path.getFileName());
        return name.substring(0, name.lastIndexOf('.'));
    }

    boolean sealed() {
        return path.toString().endsWith(SEALED);
    }

    /**
     * Reads of it where it is: it may have been sealed since it was listed. Not for who changes it, who has to know.
     *
     * @throws NoSuchFileException if it is gone
     */
    <T> T whereItIs(Reading<T> reading) throws IOException {
        try {
            return reading.of(this);
        } catch (NoSuchFileException e) {
            if (sealed()) {
                throw e;
            }
            return reading.of(new ExposureFile(ExposureWriter.sealed(path), header));
        }
    }

    /**
     * Reads all exposures; a last line that is torn is none.
     *
     * @return how many lines nobody wrote as they are, which are passed over: one of them must not hide the others
     */
    long read(Reader reader) throws IOException {
        long bad = 0;
        try (InputStream in = Files.newInputStream(path)) {
            Lines lines = new Lines(in);
            String first = lines.next();
            ExposureLines exposures = new ExposureLines(header);
            for (String line = first == null ? null : lines.next(); line != null; line = lines.next()) {
                try {
                    exposures.read(line, reader);
                } catch (ExposureLines.Malformed e) {
                    bad++;
                }
            }
        }
        return bad;
    }

    /** Whether it ends in the middle of a line, as its process died or its machine did. */
    boolean torn() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            return whole(file) < file.length();
        }
    }

    /**
     * Cuts a torn last line, which is no exposure and may name a caller; puts the file on the disk. Only of a process that has died.
     *
     * @throws NoSuchFileException if it has been sealed meanwhile
     */
    void cut() throws IOException {
        // A RandomAccessFile to write to would be made if it is not there, and be empty.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE);
                RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            channel.truncate(whole(file));
            channel.force(true);
        }
    }

    /** How many bytes its whole lines have. */
    private static long whole(RandomAccessFile file) throws IOException {
        byte[] part = new byte[LONGEST_LINE];
        for (long end = file.length(); end > 0; ) {
            int length = (int) Math.min(end, part.length);
            file.seek(end - length);
            file.readFully(part, 0, length);
            for (int i = length - 1; i >= 0; i--) {
                if (part[i] == '\n') {
                    return end - length + i + 1;
                }
            }
            end -= length;
        }
        return 0;
    }

    /** When the last exposure in it began, in milliseconds since 1970; when it was last written to if no exposure ends it. */
    long lastAt() throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            long length = file.length();
            byte[] end = new byte[(int) Math.min(length, LONGEST_LINE)];
            file.seek(length - end.length);
            file.readFully(end);
            String text = new String(end, StandardCharsets.UTF_8);
            int stop = text.lastIndexOf('\n');
            int start = text.lastIndexOf('\n', stop - 1);
            if (start >= 0) {
                try {
                    return ExposureLines.at(header, text.substring(start + 1, stop));
                } catch (ExposureLines.Malformed e) {
                    return Files.getLastModifiedTime(path).toMillis();
                }
            }
        }
        return Files.getLastModifiedTime(path).toMillis();
    }

    /** The SHA-256 of all its bytes, as an entry has it. */
    String digest() throws IOException {
        return "sha256:" + Sha256.of(path);
    }

    /** The lines of a file, whole ones only. Not thread-safe. */
    private static final class Lines {
        private final InputStream in;
        private final byte[] buffer = new byte[LONGEST_LINE];
        private int start;
        private int end;

        Lines(InputStream in) {
            this.in = in;
        }

        /** The next line without its newline, or null if there is none; one that is too long is empty. */
        @Nullable
        String next() throws IOException {
            boolean whole = true;
            for (int at = start; ; at++) {
                if (at == end) {
                    if (end - start == buffer.length) {
                        whole = false;
                        start = end;
                    }
                    at -= start;
                    if (!more()) {
                        return null;
                    }
                }
                if (buffer[at] == '\n') {
                    String line = whole ? new String(buffer, start, at - start, StandardCharsets.UTF_8) : "";
                    start = at + 1;
                    return line;
                }
            }
        }

        /** Moves what is left to the front and reads behind it. */
        private boolean more() throws IOException {
            System.arraycopy(buffer, start, buffer, 0, end - start);
            end -= start;
            start = 0;
            int read = in.read(buffer, end, buffer.length - end);
            end += Math.max(read, 0);
            return read > 0;
        }
    }

    /** A key may hold whatever would end a field or a line. */
    static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                escaped.append(c).append(text.charAt(++i));
            } else if (c == '\\' || Character.isISOControl(c) || Character.isSurrogate(c)) {
                escaped.append("\\u").append(HexFormat.of().toHexDigits(c));
            } else {
                escaped.append(c);
            }
        }
        return escaped.toString();
    }

    static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\'
                    && i + 6 <= text.length()
                    && text.charAt(i + 1) == 'u'
                    && text.substring(i + 2, i + 6).chars().allMatch(HexFormat::isHexDigit)) {
                plain.append((char) HexFormat.fromHexDigits(text, i + 2, i + 6));
                i += 5;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
