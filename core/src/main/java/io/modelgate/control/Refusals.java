package io.modelgate.control;

/** The sentences in which a log file is refused: each names the file, the place and the fix. */
final class Refusals {

    private static final String RESTORE = "Restore the log from a copy that `modelgate log verify` accepts";

    private Refusals() {}

    static ControlLogException line(LogFiles files, BadLineException e) {
        return new ControlLogException(place(files, e.line()) + e.getMessage() + ". " + RESTORE, e);
    }

    static ControlLogException unacknowledgedLine(LogFiles files, BadLineException e, long offset) {
        return new ControlLogException(
                place(files, e.line()) + e.getMessage()
                        + ". It was never acknowledged to anyone: keep a copy of the file," + " then cut it to "
                        + offset + " bytes (truncate -s " + offset + " " + files.log() + ")",
                e);
    }

    static ControlLogException changed(LogFiles files, long line, String what) {
        return new ControlLogException(place(files, line) + what + " since it was verified. " + RESTORE);
    }

    static ControlLogException shorter(LogFiles files, Head last, Head acknowledged, long unfinished) {
        String what = unfinished > 0
                ? "the line is cut off after " + unfinished + " bytes"
                : "the line is missing: the log ends before it";
        return new ControlLogException(place(files, last.seq() + 1) + what + ", but the head file " + files.head()
                + " says that everything up to line " + acknowledged.seq() + " was acknowledged. " + RESTORE
                + "; or accept the loss, kills included, with `modelgate log seal " + files.log() + "`");
    }

    static ControlLogException becameShorter(LogFiles files, Head known, long end, long size) {
        return new ControlLogException(
                place(files, known.seq()) + "the file became shorter while it was in use: it has " + size
                        + " bytes, and this line ended at " + end + ". " + RESTORE);
    }

    static ControlLogException wentBack(LogFiles files, Head known, Head acknowledged) {
        return new ControlLogException(place(files, known.seq()) + "the head file " + files.head()
                + " now names line " + acknowledged.seq() + " with the hash " + acknowledged.hash()
                + ", but this line with the hash " + known.hash()
                + " was acknowledged before: the log went back or forked while it was in use. " + RESTORE);
    }

    static ControlLogException otherHash(LogFiles files, Head found, Head acknowledged) {
        return new ControlLogException(place(files, found.seq()) + "the line has the hash " + found.hash()
                + ", but the head file " + files.head() + " says " + acknowledged.hash()
                + ": one of the two files is not the latest. " + HeadFile.sealing(files));
    }

    static ControlLogException headMissing(LogFiles files) {
        return new ControlLogException("control log " + files.log() + ": its head file " + files.head()
                + " is missing, so that nothing says whether entries were lost. " + HeadFile.sealing(files));
    }

    static ControlLogException logMissing(LogFiles files, Head acknowledged) {
        return new ControlLogException(
                place(files, 1) + "the log is missing or empty, but its head file " + files.head()
                        + " says that " + acknowledged.seq() + " entries were acknowledged. " + RESTORE
                        + "; or, to begin anew without any kill, delete the head file");
    }

    private static String place(LogFiles files, long line) {
        return "control log " + files.log() + ", line " + line + ": ";
    }
}
