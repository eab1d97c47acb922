package io.modelgate.control;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Appends decisions one after the other, and prints each id once the log has acknowledged it. */
final class AppendingProcess {

    private AppendingProcess() {}

    /** Arguments: the log, the beginning of the ids, how many, the length of the reason. */
    public static void main(String... arguments) throws IOException {
        int count = Integer.parseInt(arguments[2]);
        String reason = "x".repeat(Integer.parseInt(arguments[3]));
        try (FileOutputStream out = new FileOutputStream(FileDescriptor.out);
                FileControlLog log = FileControlLog.open(Path.of(arguments[0]))) {
            for (int i = 0; i < count; i++) {
                String id = arguments[1] + i;
                try {
                    log.append(List.of(Decisions.kill(id, reason)));
                } catch (ControlLogException e) {
                    print(out, "failed " + id + " " + e.getMessage());
                    return;
                }
                print(out, "stored " + id);
            }
        }
    }

    /** One write, past every buffer, so that a line is printed as a whole before the next append or not at all. */
    private static void print(FileOutputStream out, String line) throws IOException {
        out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
