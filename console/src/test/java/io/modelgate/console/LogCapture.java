package io.modelgate.console;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;

/** Everything that is logged while it is open, from the lowest level on; it does not reach the output of the tests. */
final class LogCapture implements AutoCloseable {

    private static final String[] LOGGERS = {"io.modelgate", "io.modelgate.console"};

    private final PrintStream before = System.err;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int[] levels = new int[LOGGERS.length];

    LogCapture() {
        System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
        for (int i = 0; i < LOGGERS.length; i++) {
            levels[i] = level(LOGGERS[i], 0);
        }
    }

    String text() {
        return bytes.toString(StandardCharsets.UTF_8);
    }

    /** Sets the level of a logger, which the simple logger has no method for, and returns the one before. */
    private static int level(String name, int level) {
        try {
            Field field = SimpleLogger.class.getDeclaredField("currentLogLevel");
            field.setAccessible(true);
            Object logger = LoggerFactory.getLogger(name);
            int before = field.getInt(logger);
            field.setInt(logger, level);
            return before;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this is another simple logger", e);
        }
    }

    @Override
    public void close() {
        System.setErr(before);
        for (int i = 0; i < LOGGERS.length; i++) {
            level(LOGGERS[i], levels[i]);
        }
    }
}
