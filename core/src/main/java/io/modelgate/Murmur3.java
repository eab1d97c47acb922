package io.modelgate;

import java.nio.charset.StandardCharsets;

/**
 * Murmur3, x86 32-bit variant, seed 0 (Austin Appleby, MurmurHash3.cpp, public domain), over the UTF-8 bytes of a
 * string. ASCII keys, the usual case, are read in place; others are encoded first.
 */
final class Murmur3 {

    private static final int C1 = 0xcc9e2d51;
    private static final int C2 = 0x1b873593;

    private Murmur3() {}

    static int hash(String key) {
        int length = key.length();
        int h = 0;
        int seen = 0; // any bit above 0x7f shows a character that is more than one byte
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            char a = key.charAt(i);
            char b = key.charAt(i + 1);
            char c = key.charAt(i + 2);
            char d = key.charAt(i + 3);
            seen |= a | b | c | d;
            h = mix(h, a | (b << 8) | (c << 16) | (d << 24));
        }
        int tail = 0;
        for (int shift = 0; i < length; i++, shift += 8) {
            char c = key.charAt(i);
            seen |= c;
            tail |= c << shift;
        }
        return seen < 0x80 ? finish(h, tail, length) : hash(key.getBytes(StandardCharsets.UTF_8));
    }

    private static int hash(byte[] bytes) {
        int h = 0;
        int i = 0;
        for (; i + 4 <= bytes.length; i += 4) {
            h = mix(
                    h,
                    unsigned(bytes[i])
                            | (unsigned(bytes[i + 1]) << 8)
                            | (unsigned(bytes[i + 2]) << 16)
                            | (bytes[i + 3] << 24));
        }
        int tail = 0;
        for (int shift = 0; i < bytes.length; i++, shift += 8) {
            tail |= unsigned(bytes[i]) << shift;
        }
        return finish(h, tail, bytes.length);
    }

    private static int unsigned(byte value) {
        return value & 0xff;
    }

    private static int mix(int h, int block) {
        int k = Integer.rotateLeft(block * C1, 15) * C2;
        return Integer.rotateLeft(h ^ k, 13) * 5 + 0xe6546b64;
    }

    private static int finish(int hash, int tail, int length) {
        int h = hash ^ (Integer.rotateLeft(tail * C1, 15) * C2); // a zero tail contributes zero
        h ^= length;
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }
}
