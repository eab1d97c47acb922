"""Prints bucketing-vectors-foreign.csv: where other systems' rules put keys, from their public descriptions.

python3 docs/bucketing-foreign.py > docs/bucketing-vectors-foreign.csv

Shares no code with ModelGate; a test runs it and compares. `number` is what the system calls the key's bucket, `share` the least share
of the callers, in 1/100,000, at which the system's rule lets the key in, and `grain` the step in which the system's shares count.
"""

import hashlib

MASK = 0xFFFFFFFF


def murmur3(data, seed):
    """MurmurHash3_x86_32, block by block as in the public domain original."""
    h = seed & MASK
    whole = len(data) // 4
    for block in range(whole):
        k = data[4 * block] | data[4 * block + 1] << 8 | data[4 * block + 2] << 16 | data[4 * block + 3] << 24
        k = k * 0xCC9E2D51 & MASK
        k = (k << 15 | k >> 17) & MASK
        h ^= k * 0x1B873593 & MASK
        h = (h << 13 | h >> 19) & MASK
        h = h * 5 + 0xE6546B64 & MASK
    tail = data[4 * whole:]
    if tail:
        k = 0
        for place, byte in enumerate(tail):
            k ^= byte << 8 * place
        k = k * 0xCC9E2D51 & MASK
        k = (k << 15 | k >> 17) & MASK
        h ^= k * 0x1B873593 & MASK
    h ^= len(data)
    h ^= h >> 16
    h = h * 0x85EBCA6B & MASK
    h ^= h >> 13
    h = h * 0xC2B2AE35 & MASK
    return h ^ h >> 16


def fnv1a(units):
    h = 2166136261
    for unit in units:
        h = (h ^ unit) * 16777619 % 2**32
    return h


def utf8(text):
    return text.encode("utf-8", "replace")  # half of a surrogate pair becomes one question mark


def utf16(text):
    raw = text.encode("utf-16-le", "surrogatepass")
    return [raw[i] | raw[i + 1] << 8 for i in range(0, len(raw), 2)]


def cell(number, cells):
    """The share at which a cell counted from 0 is in."""
    return (number + 1) * 100_000 // cells


def unleash(group, key):
    number = murmur3(utf8(group + ":" + key), 0) % 100 + 1
    return number, cell(number - 1, 100), 1000


def unleash_node(group, key):
    number = murmur3(bytes(unit & 255 for unit in utf16(group + ":" + key)), 0) % 100 + 1
    return number, cell(number - 1, 100), 1000


def launchdarkly(prefix, key):
    number = int(hashlib.sha1(utf8(prefix + key)).hexdigest()[:15], 16)
    # In for the least w with number / 0xFFFFFFFFFFFFFFF < w / 100,000.
    return number, min(number * 100_000 // 0xFFFFFFFFFFFFFFF + 1, 100_000), 1


def growthbook_number(seed, key):
    first = fnv1a(utf16(seed + key))
    return fnv1a(ord(digit) for digit in str(first)) % 10_000


def growthbook(seed, key):
    number = growthbook_number(seed, key)
    return number, cell(number, 10_000), 10


def growthbook_coverage(seed, key):
    number = growthbook_number(seed, key)
    return number, max(number, 1) * 10, 10  # n <= coverage, and nobody at 0


def flagd(prefix, key):
    h = murmur3(utf8(prefix + key), 0)
    return h, (h * 100_000 >> 32) + 1, 1


def split(seed, key):
    number = murmur3(utf8(key), seed) % 100 + 1
    return number, cell(number - 1, 100), 1000


def split_legacy(seed, key):
    h = 0
    for unit in utf16(key):
        h = (31 * h + unit) % 2**32
    h = (h ^ seed) % 2**32
    signed = h - 2**32 if h >= 2**31 else h
    number = abs(signed) % 100 + 1  # Java's remainder has the sign of what is divided
    return number, cell(number - 1, 100), 1000


def optimizely(experiment, key):
    number = murmur3(utf8(key + experiment), 1) * 10_000 // 2**32
    return number, cell(number, 10_000), 10


KEYS = (
    ["a", "ab", "abc", "abcd", "abcde", "user-42", "174", "499", "25", "147", "ppid1", "jack", "ejOoVL", "bY9fO-", "SI7p-", "6LvT0", "ceQdGm", "g-3631", "g-2229", "g-4523"]
    + ["müller@beispiel.de", "straße", "naïve café", "Łódź", "привет", "日本語の利用者", "用户-7", "한국어", "😀", "👩‍👩‍👧-1", "a😀b", "\U0010ffff"]
    + ["\ud800", "a\udc00b", "ÿ", "Ā", "\u07ff", "\u0800", "\uffff", "\x7f", "\x80", " ", "a,b\"c\\d", "x" * 63, "ü" * 40]
    + ["user-%d" % i for i in range(30)]
)
TEXTS = ["checkout", "new-model", "é-flag", "x"]
SEEDS = [0, 1, 467569525, -1, -2147483648, 2147483647]


def escaped(text):
    units = utf16(text)
    plain = lambda unit: 33 <= unit <= 126 and chr(unit) not in ',"\\;='
    return "".join(chr(unit) if plain(unit) else "\\u%04x" % unit for unit in units)


def main():
    systems = (
        [("unleash", "groupId=" + escaped(t), lambda k, t=t: unleash(t, k)) for t in TEXTS]
        + [("unleash-node", "groupId=" + escaped(t), lambda k, t=t: unleash_node(t, k)) for t in TEXTS]
        + [("launchdarkly", "flagKey=%s;salt=%s" % (escaped(t), s), lambda k, t=t, s=s: launchdarkly(t + "." + s + ".", k))
           for t, s in zip(TEXTS, ["saltyA", "2c1a9f", "s", "0"])]
        + [("launchdarkly", "seed=%d" % s, lambda k, s=s: launchdarkly("%d." % s, k)) for s in [61, 0, -5, 2**53]]
        + [("growthbook-v2", "seed=" + escaped(t), lambda k, t=t: growthbook(t, k)) for t in TEXTS]
        + [("growthbook-v2-coverage", "seed=" + escaped(t), lambda k, t=t: growthbook_coverage(t, k)) for t in TEXTS]
        + [("flagd-v2", "prefix=" + escaped(t), lambda k, t=t: flagd(t, k)) for t in TEXTS + [""]]
        + [("split", "seed=%d" % s, lambda k, s=s: split(s, k)) for s in SEEDS]
        + [("split-legacy", "seed=%d" % s, lambda k, s=s: split_legacy(s, k)) for s in SEEDS]
        + [("optimizely", "experimentId=" + escaped(t), lambda k, t=t: optimizely(t, k)) for t in ["1886780721", "1886780722", "é"]]
    )
    print("system,parameters,key,number,share,grain")
    for name, parameters, rule in systems:
        for key in KEYS:
            print("%s,%s,%s,%d,%d,%d" % ((name, parameters, escaped(key)) + rule(key)))


if __name__ == "__main__":
    main()
