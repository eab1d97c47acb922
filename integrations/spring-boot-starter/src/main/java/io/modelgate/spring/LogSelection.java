package io.modelgate.spring;

import io.modelgate.control.ControlLog;
import io.modelgate.control.FileControlLog;
import io.modelgate.control.MemoryControlLog;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.ClassUtils;

/** Opens the control log that the properties say: on Redis or in a file, of which they name one at most, else in memory. */
final class LogSelection {

    private static final Logger LOG = LoggerFactory.getLogger(ModelGateAutoConfiguration.class);

    /** Whether the module modelgate-redis is there. */
    static final boolean REDIS =
            ClassUtils.isPresent("io.modelgate.redis.RedisControlLog", LogSelection.class.getClassLoader());

    private LogSelection() {}

    /**
     * Opens it.
     *
     * @throws PropertyMistakes.Refusal if a property is missing or refused, or a file and a Redis are both named; without a URI or a credential
     * @throws io.modelgate.control.ControlLogException if the log refuses to open
     */
    static ControlLog open(ModelGateProperties.Log log) {
        return open(log, REDIS);
    }

    static ControlLog open(ModelGateProperties.Log log, boolean redis) {
        String uri = log.redis().uri();
        if (uri != null && !uri.isBlank()) {
            if (!redis) {
                throw PropertyMistakes.refusal(
                        "modelgate.log.redis.uri",
                        "it is set, and nothing here opens a control log on Redis; add the dependency"
                                + " io.modelgate:modelgate-redis, or remove it",
                        null);
            }
            if (log.file() != null) {
                throw PropertyMistakes.refusal(
                        "modelgate.log.file",
                        "it is set, and so is modelgate.log.redis.uri, and the log is in one place; remove one of them, or set"
                                + " each in a profile of its own",
                        null);
            }
            return RedisLog.open(log.redis(), uri);
        }
        requireNothingElse(log.redis());
        if (log.file() != null) {
            return FileControlLog.open(log.file());
        }
        LOG.warn("The control log is in memory: kills and every other decision end with this process."
                + " Set modelgate.log.file or modelgate.log.redis.uri to keep them");
        return new MemoryControlLog();
    }

    /** Whether anything says where the log is. */
    static boolean given(ModelGateProperties.Log log) {
        return log.file() != null || log.redis().uri() != null || log.redis().saysMore();
    }

    /** Where there is no URI, all the rest would be ignored. */
    private static void requireNothingElse(ModelGateProperties.Redis redis) {
        if (redis.saysMore()) {
            throw PropertyMistakes.refusal(
                    "modelgate.log.redis.uri",
                    "is missing, and other settings of modelgate.log.redis are given; say where Redis is, or remove them",
                    null);
        }
    }
}
