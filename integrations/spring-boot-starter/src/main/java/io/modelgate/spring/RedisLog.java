package io.modelgate.spring;

import io.modelgate.control.ControlLog;
import io.modelgate.redis.RedisControlLog;
import io.modelgate.redis.RedisControlLogBuilder;
import io.modelgate.redis.StartPolicy;
import java.util.Base64;

/** The control log on Redis: apart, because its classes may be missing. */
final class RedisLog {

    private static final String AT = "modelgate.log.redis.";

    private static final int SECRET_BYTES = 16;
    private static final String SECRET_FIX =
            "expected 16 or more in Base64, the same in all processes, for instance from: openssl rand -base64 32";

    private RedisLog() {}

    /**
     * Opens it.
     *
     * @throws PropertyMistakes.Refusal if a property is missing or refused; it quotes neither the URI nor a credential nor the secret
     * @throws io.modelgate.control.ControlLogException if the log refuses to open
     */
    static ControlLog open(ModelGateProperties.Redis settings, String uri) {
        PropertyMistakes mistakes = new PropertyMistakes();
        if (settings.directory() == null) {
            mistakes.add(
                    AT + "directory",
                    "is missing: say where this process keeps its copy of the log, an existing directory on a local disk");
        }
        mistakes.requireLogin(AT, settings.user(), settings.password());
        if (settings.startWithoutRedis() == ModelGateProperties.WithoutRedis.OPEN
                && settings.identitySecret() == null) {
            mistakes.add(
                    AT + "identity-secret",
                    "is missing, and start-without-redis is open: a process that may serve before it has reached Redis has to be"
                            + " told the secret under which all processes hash callers; set it, or remove start-without-redis");
        }
        mistakes.refuse();
        try {
            return RedisControlLog.open(log -> configure(log, settings, uri));
        } catch (PropertyMistakes.Refusal e) {
            throw e;
        } catch (IllegalArgumentException e) { // the builder's errors quote nothing of the URI
            throw PropertyMistakes.refusal(about(settings, e), String.valueOf(e.getMessage()), e);
        }
    }

    private static void configure(RedisControlLogBuilder log, ModelGateProperties.Redis settings, String uri) {
        PropertyMistakes mistakes = new PropertyMistakes();
        log.uri(uri);
        mistakes.set(AT + "name", settings.name(), log::name);
        mistakes.set(AT + "directory", settings.directory(), log::directory);
        mistakes.set(AT + "instance", settings.instance(), log::instance);
        mistakes.set(
                AT + "password",
                settings.password(),
                word -> log.login(settings.user() == null ? "" : settings.user(), word));
        mistakes.set(AT + "sentinel-password", settings.sentinelPassword(), log::sentinelPassword);
        mistakes.set(AT + "trust", settings.trust(), log::trust);
        mistakes.set(AT + "command-timeout", settings.commandTimeout(), log::commandTimeout);
        mistakes.set(AT + "heartbeat", settings.heartbeat(), log::heartbeat);
        mistakes.set(AT + "live-for", settings.liveFor(), log::liveFor);
        mistakes.set(AT + "start-without-redis", settings.startWithoutRedis(), start -> {
            log.startWithoutRedis(
                    switch (start) {
                        case KILLED -> StartPolicy.KILLED;
                        case OPEN -> StartPolicy.OPEN;
                    });
        });
        mistakes.set(AT + "identity-secret", settings.identitySecret(), text -> log.identitySecret(secret(text)));
        mistakes.refuse();
    }

    /** Its bytes. A mistake says how long it is and not what it is: the decoder's own would quote a character of it. */
    private static byte[] secret(String text) {
        byte[] secret;
        try {
            secret = Base64.getDecoder().decode(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("it is not in Base64; " + SECRET_FIX);
        }
        if (secret.length < SECRET_BYTES) {
            throw new IllegalArgumentException("it has " + secret.length + " bytes; " + SECRET_FIX);
        }
        return secret;
    }

    /** The property that a mistake of the builder is about; one that is about several names them itself. */
    private static String about(ModelGateProperties.Redis settings, IllegalArgumentException mistake) {
        if (!String.valueOf(mistake.getMessage()).startsWith("liveFor")) {
            return "modelgate.log.redis";
        }
        return AT + (settings.liveFor() == null ? "heartbeat" : "live-for");
    }
}
