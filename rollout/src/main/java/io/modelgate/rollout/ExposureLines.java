package io.modelgate.rollout;

import java.io.IOException;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The lines of one file of exposures, written in order or read in order. What every line of a file would repeat is left out: a hashed caller is the
 * base64url of its bytes, the time is the difference to the file's, and a run of characters of an outcome's id that stand where they do in the
 * last id of that length that is whole is a dot and how many they are. Ids are whole again now and then, as damage to one reaches all that refer to
 * it. Not thread-safe.
 */
final class ExposureLines {

    private static final char RUN = '.';
    private static final String LENGTHS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static final int SHORTEST_RUN = 3;

    /** Before an id that cannot be told, as it stands: no run begins so. */
    private static final String UNTOLD = "..";

    /** After so many lines ids are whole again. */
    private static final int WHOLE_AGAIN = 256;

    private static final int HASH = 32;
    private static final int SHORT_HASH = 22;

    /** A line that nobody wrote as it is. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1;

        Malformed(String what, @Nullable Throwable cause) {
            super(what, cause);
        }
    }

    private final ExposureFile.Header header;

    /** The last whole ids, by length. */
    private final Map<Integer, String> whole;

    /** How many were written. */
    private long lines;

    private ExposureLines(ExposureFile.Header header, Map<Integer, String> whole, long lines) {
        this.header = header;
        this.whole = whole;
        this.lines = lines;
    }

    ExposureLines(ExposureFile.Header header) {
        this(header, new HashMap<>(), 0);
    }

    /** Goes on from here on its own: what could not be written is taken back by going on with this one. */
    ExposureLines copy() {
        return new ExposureLines(header, new HashMap<>(whole), lines);
    }

    /** The most bytes that a line may have, if the caller and the id are ASCII. */
    static int most(String caller, String outcome) {
        return caller.length()
                + outcome.length()
                + Long.toString(Long.MIN_VALUE).length()
                + 3;
    }

    /** The next line. */
    String line(String caller, long at, String outcome) {
        if (lines++ % WHOLE_AGAIN == 0) {
            whole.clear();
        }
        return shortened(caller) + '\t' + (at - header.since()) + '\t' + runs(outcome) + '\n';
    }

    private String shortened(String caller) {
        return header.hashed() && caller.length() == HASH
                ? Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(HexFormat.of().parseHex(caller))
                : caller;
    }

    private String runs(String id) {
        if (id.startsWith(UNTOLD)) {
            return id;
        }
        String like = whole.get(id.length());
        if (like == null) {
            whole.put(id.length(), id);
            return id;
        }
        StringBuilder text = new StringBuilder(id.length());
        boolean any = false;
        for (int at = 0; at < id.length(); ) {
            int run = run(like, id, at);
            if (run < SHORTEST_RUN) {
                text.append(id.charAt(at++));
            } else {
                text.append(RUN).append(LENGTHS.charAt(run));
                at += run;
                any = true;
            }
        }
        if (!any) {
            whole.put(id.length(), id); // as who reads it will take it
        }
        return text.toString();
    }

    private static int run(String like, String id, int from) {
        int to = from;
        while (to < id.length() && to - from < LENGTHS.length() - 1 && like.charAt(to) == id.charAt(to)) {
            to++;
        }
        return to - from;
    }

    /**
     * Takes the next line, without its newline. An id that cannot be told is given as it stands, behind two dots.
     *
     * @throws Malformed if the line does not say whose it is and when
     */
    void read(String line, ExposureFile.Reader reader) throws IOException {
        int first = line.indexOf('\t');
        int second = line.indexOf('\t', first + 1);
        int last = line.lastIndexOf('\t');
        String id = last < 0 ? "" : id(line.substring(last + 1)); // others refer to it, whatever the rest is like
        if (second < 0 || second != last) {
            throw new Malformed("a line is no exposure", null);
        }
        reader.exposure(lengthened(line.substring(0, first)), at(header, line), id);
    }

    /** When the exposure of a line began, in milliseconds since 1970. */
    static long at(ExposureFile.Header header, String line) throws Malformed {
        int first = line.indexOf('\t');
        int second = line.indexOf('\t', first + 1);
        try {
            return header.since() + Long.parseLong(line, first + 1, second, 10);
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new Malformed("a line has no time", e);
        }
    }

    private String lengthened(String caller) throws Malformed {
        if (!header.hashed() || caller.length() != SHORT_HASH) {
            return caller;
        }
        try {
            return HexFormat.of().formatHex(Base64.getUrlDecoder().decode(caller));
        } catch (IllegalArgumentException e) {
            throw new Malformed("a line has a caller that is no hash", e);
        }
    }

    private String id(String text) {
        try {
            return told(text);
        } catch (Malformed e) {
            return text.startsWith(UNTOLD) ? text : UNTOLD + text;
        }
    }

    private String told(String text) throws Malformed {
        if (text.indexOf(RUN) < 0) {
            whole.put(text.length(), text);
            return text;
        }
        int length = 0;
        for (int i = 0; i < text.length(); i++, length++) {
            if (text.charAt(i) == RUN) {
                length += run(text, ++i) - 1;
            }
        }
        String like = whole.get(length);
        if (like == null) {
            throw new Malformed("a line has an outcome's id that is like none before", null);
        }
        StringBuilder id = new StringBuilder(length);
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) == RUN) {
                id.append(like, id.length(), id.length() + run(text, ++i));
            } else {
                id.append(text.charAt(i));
            }
        }
        return id.toString();
    }

    private static int run(String text, int at) throws Malformed {
        int run = at < text.length() ? LENGTHS.indexOf(text.charAt(at)) : -1;
        if (run < SHORTEST_RUN) {
            throw new Malformed("a line has an outcome's id that is none", null);
        }
        return run;
    }
}
