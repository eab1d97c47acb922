package io.modelgate.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at a log from outside, for a person: what {@code log verify} and {@code log seal} do. */
final class Inspection {

    private static final int TRIES = 3;

    private Inspection() {}

    static Verification verify(LogFiles files) {
        int tries = 0;
        while (true) {
            Scan scan = new Scan();
            Verification found = once(files, scan);
            // Beyond the head, a writer that takes back a failed append looks like damage; but not every time.
            if (++tries == TRIES || found.problemLine() <= scan.acknowledged) {
                return found;
            }
        }
    }

    private static Verification once(LogFiles files, Scan scan) {
        try {
            // The head first: whatever it acknowledges is in the file by then.
            Optional<Head> acknowledged = Optional.empty();
            @Nullable ControlLogException unreadable = null;
            try {
                acknowledged = HeadFile.read(files);
            } catch (ControlLogException e) {
                unreadable = e;
            }
            scan.run(files, acknowledged.map(Head::seq).orElse(0L));
            return unreadable == null ? compare(files, scan, acknowledged) : scan.report(0, unreadable.getMessage());
        } catch (BadLineException e) {
            return scan.report(e.line(), Refusals.line(files, e).getMessage());
        } catch (IOException e) {
            return scan.report(0, "control log " + files.log() + " cannot be read: " + LogFiles.reason(e));
        }
    }

    private static Verification compare(LogFiles files, Scan scan, Optional<Head> acknowledged) {
        if (acknowledged.isEmpty()) {
            return scan.head.seq() == 0 && scan.unfinished == 0
                    ? scan.report(0, null)
                    : scan.report(0, Refusals.headMissing(files).getMessage());
        }
        Head head = acknowledged.get();
        if (scan.head.seq() < head.seq()) {
            long line = scan.head.seq() + 1;
            return scan.report(
                    line,
                    Refusals.shorter(files, scan.head, head, scan.unfinished).getMessage());
        }
        if (!scan.atHead.equals(head)) {
            return scan.report(
                    head.seq(), Refusals.otherHash(files, scan.atHead, head).getMessage());
        }
        return scan.report(0, null);
    }

    static Head seal(LogFiles files, Disk disk) {
        try {
            return LogLock.holding(files.lock(), () -> {
                if (!Files.exists(files.log())) {
                    throw new NoSuchFileException(files.log().toString());
                }
                Scan scan = new Scan();
                try {
                    scan.run(files, 0);
                } catch (BadLineException e) {
                    throw Refusals.line(files, e);
                }
                HeadFile.write(files, scan.head, disk);
                disk.syncDirectory(files.directory());
                return scan.head;
            });
        } catch (IOException e) {
            throw new ControlLogException("control log " + files.log() + " cannot be sealed: " + LogFiles.reason(e), e);
        }
    }

    /** One pass over the lines. */
    private static final class Scan {

        private Head head = Head.EMPTY;
        private Head atHead = Head.EMPTY;
        private long unfinished;
        private long acknowledged;

        void run(LogFiles files, long acknowledgedSeq) throws IOException, BadLineException {
            acknowledged = acknowledgedSeq;
            Map<String, Long> ids = new HashMap<>();
            try (ChainReader reader = new ChainReader(files.log(), 0, Entry.GENESIS, 0)) {
                for (Entry entry = reader.next(); entry != null; entry = reader.next()) {
                    String id = entry.decision().id();
                    Long earlier = ids.putIfAbsent(id, entry.seq());
                    if (earlier != null) {
                        throw new BadLineException(entry.seq(), "it repeats the id " + id + " of line " + earlier);
                    }
                    head = entry.head();
                    if (entry.seq() == acknowledged) {
                        atHead = head;
                    }
                }
                unfinished = reader.unfinished();
            }
        }

        Verification report(long line, @Nullable String problem) {
            return new Verification(head.seq(), head, unfinished, line, problem);
        }
    }
}
