package io.modelgate.redis;

/** The keys of one log; the name stands in braces, so that in a cluster they share one slot. */
final class LogKeys {

    final byte[] log;
    final byte[] ids;
    final byte[] instances;
    final byte[] secret;
    final byte[] segments;
    final byte[] claim;
    private final String prefix;

    LogKeys(String name) {
        prefix = "modelgate:{" + name + "}:";
        log = key("log");
        ids = key("ids");
        instances = key("instances");
        secret = key("secret");
        segments = key("segments");
        claim = key("restoring");
    }

    /** Where one who restores the log collects what it is going to be. */
    byte[] staging(String instance) {
        return key("staging:" + instance);
    }

    private byte[] key(String suffix) {
        return RedisLink.bytes(prefix + suffix);
    }
}
