package clients;

import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs checks and prints one line of JSON for each; the addresses of the gateways come from STAGE. */
public final class Checks {
    public static final String MODEL = "qwen-max";
    public static final String SEEING = "qwen3.7-plus";
    public static final String COUNT = "Please count";
    public static final String COUNTED = "one two three";
    public static final String BREAK_OFF = "Please break off";
    public static final String SLOWLY = "Please go slowly";
    public static final String WEATHER = "What is the weather in Oslo?";
    public static final String CITY = "Oslo \"north\"";
    public static final String SNOW = "Snow until noon";
    public static final String SNOWS = "It snows.";
    public static final String JSON = "Please answer in JSON";
    public static final String ANN = "Ann \"北京\"";
    public static final String PICTURE = "What is in the picture?";
    public static final String RED_DOT = "A red dot.";
    public static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";

    private static final int PATIENCE_SECONDS = 15;
    private static final String STAGE = System.getenv("STAGE");

    private final String client;
    private final String version;

    public Checks(String client, Class<?> ofItsJar) {
        this.client = client;
        Matcher jar = Pattern.compile("-([0-9][0-9.]*)\\.jar$")
                .matcher(ofItsJar.getProtectionDomain().getCodeSource().getLocation().getPath());
        this.version = jar.find() ? jar.group(1) : "";
    }

    /** Work that may fail. */
    public interface Work {
        void run() throws Exception;
    }

    /** An address of the stage: base, quota or down; or the key. */
    public static String stage(String name) {
        Matcher value = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(STAGE);
        if (!value.find()) {
            throw new IllegalStateException("no " + name + " in " + STAGE);
        }
        return value.group(1);
    }

    public void check(String name, Work work) {
        String why = "";
        try {
            within(30, () -> {
                work.run();
                return "";
            });
        } catch (TimeoutException slow) {
            why = "not done after 30 s";
        } catch (Throwable failure) {
            why = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        }
        System.out.println("{\"client\":" + quoted(client) + ",\"version\":" + quoted(version) + ",\"check\":"
                + quoted(name) + ",\"ok\":" + why.isEmpty() + ",\"why\":" + quoted(why) + "}");
    }

    /** Checks that the call is refused soon and with this status. */
    public void refused(int status, Callable<?> call) {
        check("refused: " + status, () -> {
            Object outcome;
            try {
                outcome = within(PATIENCE_SECONDS, call);
            } catch (TimeoutException slow) {
                throw new AssertionError("no word to the caller for 15 s: the client waits and tries again");
            } catch (Exception refusal) {
                equal(status, statusOf(refusal), refusal.toString());
                return;
            }
            throw new AssertionError("it was not refused: " + outcome);
        });
    }

    public static void fails(Callable<?> call) throws Exception {
        Object outcome;
        try {
            outcome = call.call();
        } catch (Exception wanted) {
            return;
        }
        throw new AssertionError("no error: " + outcome);
    }

    public static void equal(Object wanted, Object got, String... more) {
        if (!wanted.equals(got)) {
            throw new AssertionError("wanted " + wanted + ", got " + got + " " + String.join(" ", more));
        }
    }

    private static <T> T within(int seconds, Callable<T> call) throws Exception {
        var done = new CompletableFuture<T>();
        Thread thread = new Thread(() -> {
            try {
                done.complete(call.call());
            } catch (Throwable failure) {
                done.completeExceptionally(failure);
            }
        });
        thread.setDaemon(true);
        thread.start();
        try {
            return done.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw (Error) failed.getCause();
        }
    }

    /** The HTTP status of an exception or its causes, by whatever name the client gives it. */
    private static int statusOf(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            try {
                return (int) each.getClass().getMethod("statusCode").invoke(each);
            } catch (ReflectiveOperationException | ClassCastException none) {
                // the cause may have one
            }
        }
        Matcher inText = Pattern.compile("\\b(4\\d\\d|5\\d\\d)\\b").matcher(String.valueOf(failure));
        return inText.find() ? Integer.parseInt(inText.group(1)) : 0;
    }

    private static String quoted(String text) {
        String line = text.replaceAll("\\s+", " ");
        line = line.substring(0, Math.min(300, line.length()));
        return '"' + line.replace("\\", "\\\\").replace("\"", "\\\"").replaceAll("\\p{Cntrl}", "") + '"';
    }
}
