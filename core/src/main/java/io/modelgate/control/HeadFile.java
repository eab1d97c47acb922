package io.modelgate.control;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The file that says up to where a log was acknowledged, so that a log that became shorter is noticed. */
final class HeadFile {

    private static final Pattern FORMAT =
            Pattern.compile("\\{\"v\":1,\"seq\":(0|[1-9][0-9]{0,17}),\"hash\":\"([0-9a-f]{64})\"}\n");

    private HeadFile() {}

    /** Empty if there is no such file. */
    static Optional<Head> read(LogFiles files) throws IOException {
        Path file = files.head();
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        Optional<Head> head = parse(new String(bytes, StandardCharsets.ISO_8859_1));
        if (head.isPresent()) {
            return head;
        }
        throw new ControlLogException("head file " + file
                + " is unreadable: it does not have the form {\"v\":1,\"seq\":…,\"hash\":\"…\"}. " + sealing(files));
    }

    /** Empty if it is no such line. */
    static Optional<Head> parse(String line) {
        Matcher matcher = FORMAT.matcher(line);
        return matcher.matches()
                ? Optional.of(new Head(Long.parseLong(matcher.group(1)), matcher.group(2)))
                        .filter(head -> head.seq() > 0 || head.hash().equals(Entry.GENESIS))
                : Optional.empty();
    }

    static byte[] line(Head head) {
        return ("{\"v\":1,\"seq\":" + head.seq() + ",\"hash\":\"" + head.hash() + "\"}\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    static void write(LogFiles files, Head head, Disk disk) throws IOException {
        boolean fresh = !Files.exists(files.head());
        disk.replace(files.head(), line(head));
        if (fresh) {
            Ownership.like(files.log(), files.head());
        }
    }

    /** The way out of every problem of the head file alone. */
    static String sealing(LogFiles files) {
        return "Make sure that " + files.log() + " is the log you expect (`modelgate log verify " + files.log()
                + "` shows where it ends), then accept it with `modelgate log seal " + files.log() + "`";
    }
}
