package dev.qwen2api.ops;

import java.lang.reflect.Field;
import java.util.Map;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.simple.SimpleLogger;

/**
 * Changes the level of our loggers while they are in use, which slf4j-simple has no call for: it reads the level from a
 * property when a logger is made and keeps it in a field. The field is set here, and the property for loggers to come.
 */
final class LogLevels {

    private final String root;

    LogLevels(String root) {
        this.root = root;
    }

    void set(String level) {
        System.setProperty(SimpleLogger.LOG_KEY_PREFIX + root, level.toLowerCase(java.util.Locale.ROOT));
        LoggerFactory.getLogger(root);
        try {
            for (Map.Entry<?, ?> entry : loggers().entrySet()) {
                if (String.valueOf(entry.getKey()).startsWith(root)
                        && entry.getValue() instanceof SimpleLogger logger) {
                    levelField().setInt(logger, Level.valueOf(level).toInt());
                }
            }
        } catch (ReflectiveOperationException changed) {
            Logger log = LoggerFactory.getLogger(root);
            log.warn("[LOG] LOG_LEVEL={} takes effect after a restart: this slf4j-simple keeps it elsewhere", level);
        }
    }

    private static Map<?, ?> loggers() throws ReflectiveOperationException {
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        for (Class<?> type = factory.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (Map.class.isAssignableFrom(field.getType())) {
                    field.setAccessible(true);
                    return (Map<?, ?>) field.get(factory);
                }
            }
        }
        throw new NoSuchFieldException("no map of loggers");
    }

    private static Field levelField() throws NoSuchFieldException {
        Field field = SimpleLogger.class.getDeclaredField("currentLogLevel");
        field.setAccessible(true);
        return field;
    }
}
