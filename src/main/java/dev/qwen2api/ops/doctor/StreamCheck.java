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

/**
 * Checks that a reverse proxy passes streams on without buffering and keeps them open during the longest silence
 * between two heartbeats. Spends no message.
 */
public final class StreamCheck implements Doctor.Check {

    private static final String SUBJECT = "stream";
    private static final int PIECES = 5;
    /** The first four pieces are sent over 750 ms; arriving within a third of that, they were buffered. */
    private static final Duration AT_ONCE = Duration.ofMillis(250);

    private final StreamProbe probe;
    private final Duration silence;

    /**
     * @param base the address for clients, with or without {@code /v1}
     * @param silence the longest silence of the gateway in a stream, up to two minutes
     */
    public StreamCheck(String base, String key, Duration silence, LongSupplier nanoTime) {
        this.probe = new StreamProbe(base, key, nanoTime);
        this.silence = silence;
    }

    @Override
    public List<Finding> findings() {
        StreamProbe.Result result = probe.run(silence);
        return List.of(result.status() == 200 ? streamed(result) : refused(result));
    }

    private Finding streamed(StreamProbe.Result result) {
        int came = result.arrivals().size();
        if (came >= PIECES - 1 && together(result.arrivals())) {
            return Finding.error(
                    SUBJECT,
                    "the proxy in front holds streams back and passes them on in one piece",
                    "switch its buffering off for this site (nginx: proxy_buffering off; and no gzip of text/event-stream)");
        }
        if (came == 0) {
            return Finding.error(
                    SUBJECT,
                    "the server at that address sends no stream",
                    "check that the proxy forwards requests to the gateway and passes text/event-stream on");
        }
        if (!result.complete()) {
            return came >= PIECES - 1
                    ? Finding.error(
                            SUBJECT,
                            "the proxy in front cuts streams that are silent for " + silence.toSeconds() + " s",
                            "raise its read timeout (nginx: proxy_read_timeout 300s;) or lower HEARTBEAT_SECONDS")
                    : Finding.error(
                            SUBJECT,
                            "the stream broke off after " + came + " of " + PIECES + " pieces",
                            "check how the proxy in front handles text/event-stream");
        }
        return Finding.ok(SUBJECT, "arrives piece by piece, and survives " + silence.toSeconds() + " s of silence");
    }

    private static boolean together(List<Long> arrivals) {
        return arrivals.get(PIECES - 2) - arrivals.get(0) < AT_ONCE.toNanos();
    }

    private static Finding refused(StreamProbe.Result result) {
        int status = result.status();
        String what = result.trouble().orElse("no reply");
        if (status == 401 || status == 403) {
            return Finding.error(
                    SUBJECT,
                    "the address refused the key (" + what + ")",
                    "let the proxy pass the Authorization header on, or check for another gateway there");
        }
        if (status >= 300 && status < 400) {
            return Finding.warning(SUBJECT, "the address redirects (" + what + ")", "give clients the final address");
        }
        if (status == 404) {
            return Finding.error(
                    SUBJECT, "no gateway of this version is at that address", "check host, port and path of --url");
        }
        return Finding.error(SUBJECT, "no gateway answers at that address (" + what + ")", adviceWithoutAnswer(what));
    }

    private static String adviceWithoutAnswer(String what) {
        return switch (what) {
            case StreamProbe.UNTRUSTED ->
                "give the proxy a certificate for this name, from an authority that clients trust";
            case StreamProbe.NO_ADDRESS -> "write it as https://host, with a port if need be";
            default -> "check that the gateway runs, and where the proxy forwards requests to";
        };
    }

    /** Reads the gateway's test stream through the proxy and records when each piece arrived. */
    private static final class StreamProbe {

        static final String UNTRUSTED = "its certificate is not trusted, or not for this name";
        static final String NO_ADDRESS = "that is no address";

        private static final int CONNECT_MILLIS = 10_000;
        private static final Duration GRACE = Duration.ofSeconds(15);

        private final String base;
        private final String key;
        private final LongSupplier nanoTime;

        /**
         * @param status of HTTP, or 0 without a reply
         * @param arrivals the times of the pieces in nanoseconds
         * @param complete whether the last piece arrived
         * @param trouble in one clause; empty if the stream ended regularly
         */
        record Result(int status, List<Long> arrivals, boolean complete, Optional<String> trouble) {}

        StreamProbe(String base, String key, LongSupplier nanoTime) {
            this.base = base;
            this.key = key;
            this.nanoTime = nanoTime;
        }

        /** @param silence the pause before the last piece */
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
                return new Result(
                        0, List.of(), false, Optional.of(broken.getClass().getSimpleName()));
            }
        }

        private URI address(Duration silence) throws URISyntaxException {
            String clean = base.replaceFirst("/+$", "").replaceFirst("/v1$", "");
            return new URI(clean + "/healthz/stream?silence=" + silence.toSeconds());
        }

        private Result read(HttpURLConnection connection, List<Long> arrivals) {
            boolean complete = false;
            try (var in =
                    new BufferedReader(new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
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
}
