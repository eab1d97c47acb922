package io.modelgate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Writes the ids of one gate's outcomes as text and reads them back. The text is the base64url of: the format; 8 bytes that no other
 * outcome of that second has; when the call began, in seconds since 1970, 4 bytes; in formats 2 and 3 the identity of the rollout that it
 * was part of, 8 bytes, and its place there, 4 bytes in 2 and 8 in 3; the length of the answering version's id, 0 for none, and the id; and
 * of a keyed hash over all this and the gate's name the first 8 bytes. Thread-safe.
 *
 * <p>Rollout and place stand there encrypted, for who may try all callers' keys would know the caller by its unit: a keyed hash over the bytes
 * that no other outcome has is laid over them. Hence they too are lost with the secret.
 */
final class OutcomeIds {

    private static final byte ALONE = 1;
    private static final byte PLACED = 2;
    private static final byte PLACED_FAR = 3;

    private static final int FIXED = 1 + Long.BYTES + Integer.BYTES + 1;
    private static final int SEAL = 8;

    /** Where the rollout and the place begin, in ids that have them. */
    private static final int PLACE = 1 + Long.BYTES + Integer.BYTES;

    private static final int LONGEST_VERSION = 100;
    private static final int MOST_BYTES = FIXED + 2 * Long.BYTES + LONGEST_VERSION + SEAL;

    static final int MOST_CHARACTERS = (MOST_BYTES * 4 + 2) / 3;
    private static final int FEWEST_CHARACTERS = ((FIXED + SEAL) * 4 + 2) / 3;

    /** What is hashed begins as no text in UTF-8 does, so that no caller has a key whose hash would be a seal. */
    private static final byte OF_ID = (byte) 0xff;

    private static final byte OF_LABEL = (byte) 0xfe;

    private static final byte OF_PLACE = (byte) 0xfd;

    private static final int MARK = 16;

    private final byte[] gate;
    private final Identities identities;
    private final Ticker ticker;
    private final InstantSource instants;

    OutcomeIds(String gate, Identities identities, Ticker ticker, InstantSource instants) {
        this.gate = sized(gate);
        this.identities = identities;
        this.ticker = ticker;
        this.instants = instants;
    }

    /**
     * What a text says.
     *
     * @param payload all of it but the seal, as it was written
     * @param version the version that answered, empty for none
     */
    record Read(ByteBuffer payload, Instant at, long rollout, long place, String version) {}

    private static byte[] sized(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + bytes.length)
                .put((byte) bytes.length)
                .put(bytes)
                .array();
    }

    String text(OutcomeId id) {
        Instant now = instants.instant();
        Instant at = id.start == Descent.UNREAD ? now : now.minusNanos(ticker.read() - id.start);
        byte[] version = sized(id.version == null ? "" : id.version);
        boolean far = id.place != (int) id.place;
        byte format = id.place < 0 ? ALONE : far ? PLACED_FAR : PLACED;
        ByteBuffer into = ByteBuffer.allocate(FIXED - 1 + placed(format) + version.length)
                .put(format)
                .putLong(id.high ^ id.low)
                .putInt((int) at.getEpochSecond());
        if (format != ALONE) {
            into.putLong(id.rollout);
        }
        if (format == PLACED_FAR) {
            into.putLong(id.place);
        } else if (format == PLACED) {
            into.putInt((int) id.place);
        }
        byte[] payload = into.put(version).array();
        veil(payload);
        byte[] sealed = Arrays.copyOf(payload, payload.length + SEAL);
        System.arraycopy(seal(payload), 0, sealed, payload.length, SEAL);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    }

    /** How many bytes say where in which rollout. */
    private static int placed(byte format) {
        return format == ALONE ? 0 : Long.BYTES + (format == PLACED ? Integer.BYTES : Long.BYTES);
    }

    /** Encrypts the rollout and the place, or decrypts them: the same, as it lays over them what only this second's outcome has. */
    private void veil(byte[] payload) {
        int length = placed(payload[0]);
        if (length > 0) {
            byte[] over = identities.mac(new byte[] {OF_PLACE}, gate, Arrays.copyOfRange(payload, 1, PLACE));
            for (int i = 0; i < length; i++) {
                payload[PLACE + i] ^= over[i];
            }
        }
    }

    private byte[] seal(byte[] payload) {
        return Arrays.copyOf(identities.mac(new byte[] {OF_ID}, gate, payload), SEAL);
    }

    /** What an id says; null if it is none of this gate's on this log. */
    @Nullable
    Read read(String text) {
        if (text.length() < FEWEST_CHARACTERS || text.length() > MOST_CHARACTERS) {
            return null; // before anything is made of it: it may come from anyone
        }
        byte[] sealed;
        try {
            sealed = Base64.getUrlDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
        if (sealed.length < FIXED + SEAL) {
            return null;
        }
        byte[] payload = Arrays.copyOf(sealed, sealed.length - SEAL);
        byte[] seal = Arrays.copyOfRange(sealed, payload.length, sealed.length);
        byte format = payload[0];
        if (format < ALONE
                || format > PLACED_FAR
                || payload.length < FIXED + placed(format)
                || !MessageDigest.isEqual(seal, seal(payload))) {
            return null;
        }
        byte[] plain = payload.clone();
        veil(plain);
        int unique = 1 + Long.BYTES;
        ByteBuffer from = ByteBuffer.wrap(plain, unique, plain.length - unique);
        Instant at = Instant.ofEpochSecond(Integer.toUnsignedLong(from.getInt()));
        long rollout = format == ALONE ? 0 : from.getLong();
        long place = format == ALONE ? Watch.NOWHERE : format == PLACED ? from.getInt() : from.getLong();
        byte[] version = new byte[Math.min(from.get() & 0xff, from.remaining())];
        from.get(version);
        return new Read(ByteBuffer.wrap(payload), at, rollout, place, new String(version, StandardCharsets.UTF_8));
    }

    /** Under what a label of an outcome is remembered: 22 letters, digits, '-' and '_' that say nothing to anyone without the secret. */
    String mark(Read id, Label label) {
        byte[] mac = identities.mac(
                new byte[] {OF_LABEL}, gate, sized(label.name()), id.payload().array());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(Arrays.copyOf(mac, MARK));
    }
}
