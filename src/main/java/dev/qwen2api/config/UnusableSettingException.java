package dev.qwen2api.config;

/** A valid setting turned out to be unusable when it was applied, such as a folder that cannot be written. */
public final class UnusableSettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** @param message one line that names the setting and says what to do, without secrets */
    public UnusableSettingException(String message, Throwable cause) {
        super(message, cause);
    }
}
