package io.modelgate.spring;

import io.modelgate.control.ControlLog;
import io.modelgate.redis.RedisControlLog;

/** The control log on Redis: apart, because its classes may be missing. */
final class RedisLog {

    private static final String AT = "modelgate.log.redis.";

    private RedisLog() {}

    /**
     * Opens it.
     *
     * @throws PropertyMistakes.Refusal if a property is missing or refused; it quotes neither the URI nor a credential
     * @throws io.modelgate.control.ControlLogException if the log refuses to open
     */
    static ControlLog open(ModelGateProperties.Redis settings, String uri) {
        PropertyMistakes mistakes = new PropertyMistakes();
        if (settings.directory() == null) {
            mistakes.add(
                    AT + "directory",
                    "is missing: say where this process keeps its copy of the log, an existing directory on a local disk");
        }
        if ((settings.user() == null) != (settings.password() == null)) {
            mistakes.add(AT + (settings.user() == null ? "user" : "password"), "is missing: set both, or neither");
        }
        mistakes.refuse();
        try {
            return RedisControlLog.open(log -> {
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
                mistakes.refuse();
            });
        } catch (PropertyMistakes.Refusal e) {
            throw e;
        } catch (IllegalArgumentException e) { // the builder's errors quote nothing of the URI
            throw PropertyMistakes.refusal("modelgate.log.redis", String.valueOf(e.getMessage()), e);
        }
    }
}
