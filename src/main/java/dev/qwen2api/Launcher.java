package dev.qwen2api;

import java.lang.reflect.InvocationTargetException;

/**
 * Where the JVM enters: says in one line that this Java is too old, or hands over to {@link Main}.
 *
 * <p>Compiled for Java 8 by an execution of its own, so it may use nothing newer, and finds the main class by its name.
 */
public final class Launcher {

    private static final int OLDEST = 17;
    private static final String MAIN = "dev.qwen2api.Main";

    private Launcher() {}

    /**
     * Checks the Java that runs this; status 2 when it is too old.
     *
     * @param args the words of the command line, which go on as they are
     */
    public static void main(String[] args) throws Throwable {
        String version = System.getProperty("java.specification.version");
        if (feature(version) < OLDEST) {
            System.err.println(refusal(version, System.getProperty("java.home")));
            System.exit(2);
        }
        try {
            Class.forName(MAIN).getMethod("main", String[].class).invoke(null, (Object) args);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    static String refusal(String version, String home) {
        return "Qwen2API needs Java " + OLDEST + " or later, and " + home + " is Java " + version
                + ". Install a newer one (Debian: apt install openjdk-17-jre-headless), or take a bundle that needs no Java.";
    }

    /** 8 of {@code 1.8}, 11 of {@code 11}, 25 of {@code 25}. */
    static int feature(String version) {
        String number = version.startsWith("1.") ? version.substring(2) : version;
        return Integer.parseInt(number.split("[^0-9]", 2)[0]);
    }
}
