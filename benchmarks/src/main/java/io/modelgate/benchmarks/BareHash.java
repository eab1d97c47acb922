package io.modelgate.benchmarks;

/**
 * Murmur3-x86-32 with seed 0 over an ASCII key, as short as it can be written: what any keyed rollout pays at least. The floor does
 * not lean on the library that it is the floor of.
 */
final class BareHash {

    private BareHash() {}

    static int of(String key) {
        int h = 0;
        int i = 0;
        for (; i + 4 <= key.length(); i += 4) {
            h ^= scramble(
                    key.charAt(i) | (key.charAt(i + 1) << 8) | (key.charAt(i + 2) << 16) | (key.charAt(i + 3) << 24));
            h = Integer.rotateLeft(h, 13) * 5 + 0xe6546b64;
        }
        int tail = 0;
        for (int shift = 0; i < key.length(); i++, shift += 8) {
            tail |= key.charAt(i) << shift;
        }
        h ^= scramble(tail);
        h ^= key.length();
        h = (h ^ (h >>> 16)) * 0x85ebca6b;
        h = (h ^ (h >>> 13)) * 0xc2b2ae35;
        return h ^ (h >>> 16);
    }

    private static int scramble(int k) {
        return Integer.rotateLeft(k * 0xcc9e2d51, 15) * 0x1b873593;
    }
}
