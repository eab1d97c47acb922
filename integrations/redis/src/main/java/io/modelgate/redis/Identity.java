package io.modelgate.redis;

import io.lettuce.core.SetArgs;
import io.modelgate.control.ControlLogException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The secret under which identities are hashed: given, or shared through Redis and kept in a file beside the copy. Thread-safe. */
final class Identity {

    private static final Logger LOG = LoggerFactory.getLogger(RedisControlLog.class);
    private static final int BYTES = 32;

    private final Path file;
    private final boolean given;
    private volatile byte[] secret;
    private volatile boolean known;
    private volatile boolean differed;
    private volatile byte @Nullable [] found;

    private Identity(Path file, byte[] secret, boolean given, boolean known) {
        this.file = file;
        this.secret = secret;
        this.given = given;
        this.known = known;
    }

    /** Uses what was given, or what is in the file, or makes a new one, which gives way to that in Redis. */
    static Identity open(Path file, byte @Nullable [] given) throws IOException {
        if (given != null) {
            return new Identity(file, given.clone(), true, true);
        }
        try {
            byte[] kept = Files.readAllBytes(file);
            if (kept.length != BYTES) {
                throw new ControlLogException("key file " + file + " holds " + kept.length + " bytes instead of "
                        + BYTES + ". Delete it: Redis has the secret");
            }
            return new Identity(file, kept, false, true);
        } catch (NoSuchFileException e) {
            byte[] fresh = new byte[BYTES];
            new SecureRandom().nextBytes(fresh);
            return new Identity(file, fresh, false, false);
        }
    }

    /** Whether the secret is one that other processes know, or will: not one that was made here a moment ago and may give way. */
    boolean known() {
        return known;
    }

    byte[] secret() {
        return secret.clone();
    }

    /** Whether the secret in Redis is another than the one of this directory. */
    boolean differed() {
        return differed;
    }

    /** Looks at the secret in Redis, where the first one stays; {@link #adopt} uses it. */
    void share(RedisLink link, LogKeys keys) {
        if (given) {
            return;
        }
        byte[] mine = secret;
        link.call(redis -> redis.set(keys.secret, mine, SetArgs.Builder.nx()));
        byte[] theirs = link.call(redis -> redis.get(keys.secret));
        if (theirs == null || theirs.length != BYTES) {
            throw new ControlLogException("the key " + RedisLink.text(keys.secret) + " in Redis does not hold " + BYTES
                    + " bytes: delete it, and a process's own takes its place");
        }
        differed = !Arrays.equals(mine, theirs) && Files.exists(file);
        found = theirs;
    }

    /**
     * Puts the secret of this directory in the place of what Redis has: Redis lost all, someone else was there first, and the log that is about
     * to be restored has hashes of this one.
     */
    void insist(RedisLink link, LogKeys keys) {
        if (!given && differed) {
            byte[] mine = secret;
            link.call(redis -> redis.set(keys.secret, mine));
        }
    }

    /** Uses what Redis has now, once it is clear that its log is the one of this directory. */
    void adopt(RedisLink link, LogKeys keys) {
        if (found == null) {
            return;
        }
        byte[] theirs = differed ? link.call(redis -> redis.get(keys.secret)) : found;
        if (theirs == null || theirs.length != BYTES) {
            return; // whoever looks again, finds out why
        }
        differed = !Arrays.equals(secret, theirs) && Files.exists(file);
        found = null;
        if (differed) {
            LOG.warn(
                    "the secret that hashes callers' identities in {} is not the one in Redis, which is used from now on: callers whose"
                            + " hashes this process wrote are not recognised any more",
                    file);
        }
        if (differed || !Files.exists(file)) {
            keep(theirs);
        }
        differed = false;
        secret = theirs;
        known = true;
    }

    private void keep(byte[] content) {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try {
            Files.deleteIfExists(temporary);
            Files.createFile(temporary, ownerOnly());
            Files.write(temporary, content);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn(
                    "key file {} cannot be written; after a start without Redis callers' hashes match nobody: {}",
                    file,
                    e.getMessage());
        }
    }

    private FileAttribute<?>[] ownerOnly() {
        return file.getFileSystem().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
    }
}
