package clients;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
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
    /** The gateway does not fetch it: its address is not public. */
    public static final String PRIVATE_PICTURE = "https://127.0.0.1:9/x.png";

    public static final String PNG =
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";

    private static final int PATIENCE_SECONDS = 30;
    private static final int LIMIT_SECONDS = 180;
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

    /** An address of the stage: base or fresh; or the key. */
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
            within(LIMIT_SECONDS, () -> {
                work.run();
                return "";
            });
        } catch (TimeoutException slow) {
            why = "not done after 180 s";
        } catch (Throwable failure) {
            why = failure.getClass().getSimpleName() + ": " + failure.getMessage();
        }
        print(name, why.isEmpty() ? "ok" : "failed", why);
    }

    /** Says why the client cannot do what a check wants. */
    public void cannot(String name, String why) {
        print(name, "cannot", why);
    }

    private void print(String name, String outcome, String why) {
        System.out.println("{\"client\":" + quoted(client) + ",\"version\":" + quoted(version) + ",\"check\":"
                + quoted(name) + ",\"outcome\":" + quoted(outcome) + ",\"why\":" + quoted(why) + "}");
    }

    /** A call of the gateway at an address. */
    public interface Call {
        Object at(String address) throws Exception;
    }

    /** Checks how the client tells of used-up quotas and of a firewall, each with a gateway that nobody asked yet. */
    public void refusals(Call call) {
        check("refused: 429", () -> {
            String address = fresh("quota");
            refuses(429, () -> call.at(address));
        });
        check("refused: 503", () -> {
            String address = fresh("down");
            refuses(503, () -> call.at(address));
        });
    }

    private static String fresh(String name) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(stage("fresh") + "/" + name)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    /** Checks that the call is refused soon and with this status. */
    public void refused(int status, Callable<?> call) {
        check("refused: " + status, () -> refuses(status, call));
    }

    private static void refuses(int status, Callable<?> call) {
        Object outcome;
        try {
            outcome = within(PATIENCE_SECONDS, call);
        } catch (TimeoutException slow) {
            throw new AssertionError("no word to the caller for 30 s: the client waits and tries again");
        } catch (Exception refusal) {
            equal(status, statusOf(refusal), refusal.toString());
            return;
        }
        throw new AssertionError("it was not refused: " + outcome);
    }

    /** Takes pieces of a stream until {@code stop} was called in the first one; it has to end soon then. */
    public static void aborted(Aborting stream) throws Exception {
        var stopped = new AtomicLong();
        try {
            stream.read(() -> stopped.compareAndSet(0, System.nanoTime()));
        } catch (Exception ended) {
            // as some clients do
        }
        if (stopped.get() == 0) {
            throw new AssertionError("it ended before it was aborted");
        }
        if (System.nanoTime() - stopped.get() > TimeUnit.SECONDS.toNanos(10)) {
            throw new AssertionError("the stream went on after the abort");
        }
    }

    /** Reads a stream and says when it aborts it. */
    public interface Aborting {
        void read(Runnable aborting) throws Exception;
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
