package io.modelgate.rollout;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the registry knows of a version. Immutable, as the version is: the same version with another digest is another version.
 *
 * @param version the version's name
 * @param digest {@code sha256:} and 64 hexadecimal digits in lower case
 * @param artefact where the artefact was when it was registered, for a person: a file, a directory or a URI
 * @param schema the features that it takes; {@link FeatureSchema#NONE} if it declares none
 * @param commit the commit it was built from; empty if unknown
 * @param dataSnapshot the data it was trained on; empty if unknown
 * @param sideEffects what its calls leave behind
 * @param emergency whether it is meant for an emergency: old, simple and known to work
 */
public record VersionRecord(
        String version,
        String digest,
        String artefact,
        FeatureSchema schema,
        String commit,
        String dataSnapshot,
        SideEffects sideEffects,
        boolean emergency) {

    private static final Pattern DIGEST = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final int LONGEST = 2_000;

    /**
     * Checks the texts.
     *
     * @throws IllegalArgumentException for a digest of another form, an empty version or artefact, or a text longer than 2,000
     *     characters or with control characters
     */
    public VersionRecord {
        if (!DIGEST.matcher(digest).matches()) {
            throw new IllegalArgumentException("digest is " + PolicyText.quote(digest)
                    + ": expected \"sha256:\" and 64 hexadecimal digits in lower case, as sha256sum prints them");
        }
        text("version", version, 1);
        text("artefact", artefact, 1);
        text("commit", commit, 0);
        text("dataSnapshot", dataSnapshot, 0);
    }

    private static void text(String name, String text, int least) {
        if (text.length() < least || text.length() > LONGEST || text.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException(name + " is " + PolicyText.quote(text) + ": expected " + least + " to "
                    + LONGEST + " characters, none of them a control character");
        }
    }

    /** The record as an entry of the control log can hold it: strings, booleans and maps. */
    Map<String, Object> data() {
        Map<String, Object> data = new HashMap<>();
        data.put("version", version);
        data.put("digest", digest);
        data.put("artefact", artefact);
        data.put("schema", schema.data());
        data.put("commit", commit);
        data.put("dataSnapshot", dataSnapshot);
        data.put("sideEffects", sideEffects.name());
        data.put("emergency", emergency);
        return data;
    }

    /**
     * Reads what {@link #data} wrote. Empty if any part of it is missing or malformed; never throws. What else the map holds is passed
     * over: an entry has data of its own.
     */
    static Optional<VersionRecord> of(Map<String, Object> data) {
        try {
            Fields fields = new Fields(data);
            return Optional.of(new VersionRecord(
                    fields.text("version"),
                    fields.text("digest"),
                    fields.text("artefact"),
                    FeatureSchema.of(fields.map("schema")),
                    fields.text("commit"),
                    fields.text("dataSnapshot"),
                    fields.constant("sideEffects", SideEffects.class),
                    fields.bool("emergency")));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
