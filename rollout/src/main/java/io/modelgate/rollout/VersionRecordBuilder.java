package io.modelgate.rollout;

import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Says what a version is when it is registered. An artefact is needed, everything else is not. Done when the function that it is handed
 * to returns. Not thread-safe.
 */
public final class VersionRecordBuilder {

    private final String version;
    private final Map<String, String> features = new HashMap<>();
    private @Nullable String artefact;
    private @Nullable String digest;
    private FeatureSchema schema = FeatureSchema.NONE;
    private String commit = "";
    private String dataSnapshot = "";
    private SideEffects sideEffects = SideEffects.UNDECLARED;
    private boolean emergency;

    VersionRecordBuilder(String version) {
        this.version = version;
    }

    /**
     * Names the artefact and reads all of it for its digest.
     *
     * <p>The digest of a file is the SHA-256 of its content, as {@code sha256sum} prints it. That of a directory is the SHA-256 of what
     * this prints within it: {@code find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum}. So names and contents count;
     * times, permissions and empty directories do not.
     *
     * @param fileOrDirectory without symbolic links in it; it may be one itself
     * @throws IllegalArgumentException if an artefact is given already; if there is nothing at that path; for a directory without a
     *     file, with a symbolic link, with anything else that is no file, or with a name that has a backslash or control characters
     * @throws UncheckedIOException if it cannot be read
     */
    public VersionRecordBuilder artefact(Path fileOrDirectory) {
        requireNone();
        digest = ArtefactDigest.of(fileOrDirectory);
        artefact = fileOrDirectory.toString();
        return this;
    }

    /**
     * Names an artefact that is elsewhere, which is not read.
     *
     * @param digest {@code sha256:} and 64 hexadecimal digits in lower case
     * @throws IllegalArgumentException if an artefact is given already, or the digest has another form, or the URI a user's secret
     */
    public VersionRecordBuilder artefact(URI uri, String digest) {
        requireNone();
        if (uri.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "artefact has a user or a password in its URI: leave them out, the control log keeps what it is told");
        }
        this.digest = digest;
        artefact = uri.toString();
        return this;
    }

    private void requireNone() {
        if (artefact != null) {
            throw new IllegalArgumentException("artefact is given twice: a version has one");
        }
    }

    /** Declares all features that the version takes. */
    public VersionRecordBuilder schema(FeatureSchema schema) {
        this.schema = schema;
        return this;
    }

    /**
     * Declares a feature that the version takes, beside those of {@link #schema}.
     *
     * @throws IllegalArgumentException for one that is declared by this method already
     */
    public VersionRecordBuilder feature(String name, String type) {
        if (features.putIfAbsent(name, type) != null) {
            throw new IllegalArgumentException("feature " + PolicyText.quote(name) + " is declared twice");
        }
        return this;
    }

    /** Names the commit that it was built from. */
    public VersionRecordBuilder commit(String commit) {
        this.commit = commit;
        return this;
    }

    /** Names the data that it was trained on. */
    public VersionRecordBuilder dataSnapshot(String dataSnapshot) {
        this.dataSnapshot = dataSnapshot;
        return this;
    }

    /** Declares what its calls leave behind. Default: {@link SideEffects#UNDECLARED}. */
    public VersionRecordBuilder sideEffects(SideEffects sideEffects) {
        this.sideEffects = sideEffects;
        return this;
    }

    /** Marks it as meant for an emergency. */
    public VersionRecordBuilder emergency() {
        emergency = true;
        return this;
    }

    VersionRecord build() {
        if (artefact == null || digest == null) {
            throw new IllegalArgumentException("version " + PolicyText.quote(version)
                    + " has no artefact: name a file, a directory, or a URI with its digest");
        }
        Map<String, String> all = new HashMap<>(schema.features());
        features.forEach((name, type) -> {
            if (all.putIfAbsent(name, type) != null) {
                throw new IllegalArgumentException("feature " + PolicyText.quote(name) + " is declared twice");
            }
        });
        return new VersionRecord(
                version, digest, artefact, new FeatureSchema(all), commit, dataSnapshot, sideEffects, emergency);
    }
}
