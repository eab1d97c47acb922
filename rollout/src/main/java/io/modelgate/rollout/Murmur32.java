package io.modelgate.rollout;

/**
 * Murmur3, x86 32-bit variant (Austin Appleby, MurmurHash3.cpp, public domain), with any seed, over bytes that come one after another: so
 * that what stands before a key is hashed once, and no text is encoded into an array. Not thread-safe, but one that nobody adds to may be
 * copied by any thread.
 */
final class Murmur32 {

    private static final int C1 = 0xcc9e2d51;
    private static final int C2 = 0x1b873593;

    private int hash;
    private int block;
    private int length;

    Murmur32(int seed) {
        hash = seed;
    }

    private Murmur32(Murmur32 other) {
        hash = other.hash;
        block = other.block;
        length = other.length;
    }

    Murmur32 copy() {
        return new Murmur32(this);
    }

    /** Adds a text in UTF-8; a lone surrogate, which UTF-8 cannot encode, is one {@code ?}, as in {@code String.getBytes}. */
    Murmur32 utf8(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                add(c);
            } else if (c < 0x800) {
                add(0xc0 | c >> 6);
                add(0x80 | (c & 0x3f));
            } else if (!Character.isSurrogate(c)) {
                add(0xe0 | c >> 12);
                add(0x80 | (c >> 6 & 0x3f));
                add(0x80 | (c & 0x3f));
            } else if (i + 1 < text.length() && Character.isSurrogatePair(c, text.charAt(i + 1))) {
                int point = Character.toCodePoint(c, text.charAt(++i));
                add(0xf0 | point >> 18);
                add(0x80 | (point >> 12 & 0x3f));
                add(0x80 | (point >> 6 & 0x3f));
                add(0x80 | (point & 0x3f));
            } else {
                add('?');
            }
        }
        return this;
    }

    /** Adds the low byte of each UTF-16 code unit of a text, which is what {@code murmurhash3js} reads. */
    Murmur32 lowBytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            add(text.charAt(i) & 0xff);
        }
        return this;
    }

    private void add(int value) {
        block |= value << ((length & 3) << 3);
        if ((++length & 3) == 0) {
            hash = Integer.rotateLeft(hash ^ stirred(block), 13) * 5 + 0xe6546b64;
            block = 0;
        }
    }

    private static int stirred(int block) {
        return Integer.rotateLeft(block * C1, 15) * C2;
    }

    /** The hash of all that was added, as an unsigned number. */
    long value() {
        int h = hash ^ stirred(block) ^ length; // an empty block contributes zero
        h = (h ^ h >>> 16) * 0x85ebca6b;
        h = (h ^ h >>> 13) * 0xc2b2ae35;
        return (h ^ h >>> 16) & 0xffffffffL;
    }
}
