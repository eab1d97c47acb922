package io.modelgate.control;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Keeps the files of a log readable for those who share it, whoever writes them: a person on call who is root, with a umask that
 * shuts everyone else out, must not take the head file away from the processes that have to see the kill. As far as the system
 * lets this user give files away; where files have no such owners, nothing is done.
 */
final class Ownership {

    /** By number: a name may have to be asked of a directory server, and an append must not wait for that. */
    private static final String VIEW = "unix:";

    private static final int PERMISSIONS = 0777;

    private Ownership() {}

    /** Gives a file the owner, the group and the permissions of another, if there is that other. */
    static void like(Path model, Path file) {
        change(model, file, true);
    }

    /** Gives a file the owner and the group of another, and leaves its permissions. */
    static void give(Path model, Path file) {
        change(model, file, false);
    }

    private static void change(Path model, Path file, boolean permissions) {
        if (!model.getFileSystem().supportedFileAttributeViews().contains("unix") || !Files.exists(model)) {
            return;
        }
        try {
            Map<String, Object> wanted = Files.readAttributes(model, VIEW + "uid,gid,mode");
            Map<String, Object> actual = Files.readAttributes(file, VIEW + "uid,gid,mode");
            change(file, "gid", number(wanted, "gid"), number(actual, "gid"));
            if (permissions) {
                change(file, "mode", number(wanted, "mode") & PERMISSIONS, number(actual, "mode") & PERMISSIONS);
            }
            change(file, "uid", number(wanted, "uid"), number(actual, "uid"));
        } catch (IOException e) {
            return; // the append that follows says what is wrong, if it is
        }
    }

    private static int number(Map<String, Object> attributes, String name) {
        return attributes.get(name) instanceof Integer number ? number : 0;
    }

    private static void change(Path file, String name, int wanted, int actual) {
        if (wanted != actual) {
            try {
                Files.setAttribute(file, VIEW + name, wanted);
            } catch (IOException e) {
                return; // not this user's to give away
            }
        }
    }
}
