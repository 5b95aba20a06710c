package dev.qwen2api.ops.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLException;

/** Reads the gateway's stream of nothing through whatever stands in front of it, and notes when each piece came. */
final class StreamProbe {

    static final String UNTRUSTED = "its certificate is not trusted, or not for this name";
    static final String NO_ADDRESS = "that is no address";

    private static final int CONNECT_MILLIS = 10_000;
    private static final Duration GRACE = Duration.ofSeconds(15);

    private final String base;
    private final String key;
    private final LongSupplier nanoTime;

    /**
     * What came.
     *
     * @param status of HTTP, or 0 where no reply came
     * @param arrivals nanoseconds at which pieces came, from the first of them
     * @param complete whether the last piece was among them
     * @param trouble in one clause; empty where the stream ended by itself
     */
    record Result(int status, List<Long> arrivals, boolean complete, Optional<String> trouble) {}

    StreamProbe(String base, String key, LongSupplier nanoTime) {
        this.base = base;
        this.key = key;
        this.nanoTime = nanoTime;
    }

    /**
     * Asks and reads to the end.
     *
     * @param silence how long the stream pauses before its last piece
     */
    Result run(Duration silence) {
        var arrivals = new ArrayList<Long>();
        try {
            var connection = (HttpURLConnection) address(silence).toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(Math.toIntExact(silence.plus(GRACE).toMillis()));
            connection.setInstanceFollowRedirects(false);
            connection.setRequestProperty("Authorization", "Bearer " + key);
            connection.setRequestProperty("Accept", "text/event-stream");
            int status = connection.getResponseCode();
            return status == 200
                    ? read(connection, arrivals)
                    : new Result(status, List.of(), false, Optional.of("HTTP " + status));
        } catch (SSLException broken) {
            return new Result(0, List.of(), false, Optional.of(UNTRUSTED));
        } catch (MalformedURLException | URISyntaxException | IllegalArgumentException | ClassCastException wrong) {
            return new Result(0, List.of(), false, Optional.of(NO_ADDRESS));
        } catch (IOException broken) {
            return new Result(0, List.of(), false, Optional.of(broken.getClass().getSimpleName()));
        }
    }

    private URI address(Duration silence) throws URISyntaxException {
        String clean = base.replaceFirst("/+$", "").replaceFirst("/v1$", "");
        return new URI(clean + "/healthz/stream?silence=" + silence.toSeconds());
    }

    private Result read(HttpURLConnection connection, List<Long> arrivals) {
        boolean complete = false;
        try (var in = new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.startsWith("data: ")) {
                    arrivals.add(nanoTime.getAsLong());
                    complete = line.equals("data: [DONE]");
                }
            }
            return new Result(200, List.copyOf(arrivals), complete, Optional.empty());
        } catch (IOException cut) {
            return new Result(200, List.copyOf(arrivals), complete, Optional.of("cut"));
        }
    }
}
