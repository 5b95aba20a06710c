package dev.qwen2api.ops.doctor;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Looks whether streams arrive through a reverse proxy as they are sent, and survive the longest silence there is: the gateway
 * sends a heartbeat at least every so many seconds. Spends no message.
 */
public final class StreamCheck implements Check {

    private static final String SUBJECT = "stream";
    private static final int PIECES = 5;
    /** The first four pieces are sent over 750 ms; arriving in less than a third of that, they were held back. */
    private static final Duration AT_ONCE = Duration.ofMillis(250);

    private final StreamProbe probe;
    private final Duration silence;

    /**
     * @param base the address that clients are given, with or without {@code /v1}
     * @param key one of the API keys
     * @param silence the longest that the gateway is silent in a stream, up to two minutes
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
                    "something answers at that address, but no stream comes from it",
                    "see that the proxy sends requests to the gateway, and passes text/event-stream on");
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
                            "see what the proxy in front does to text/event-stream");
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
                    "let the proxy pass the Authorization header on, or see whether another gateway is there");
        }
        if (status >= 300 && status < 400) {
            return Finding.warning(SUBJECT, "the address redirects (" + what + ")", "give clients the final address");
        }
        if (status == 404) {
            return Finding.error(
                    SUBJECT, "no gateway of this version is at that address", "check host, port and path of --url");
        }
        return Finding.error(SUBJECT, "no gateway answers at that address (" + what + ")", whereNobodyAnswers(what));
    }

    private static String whereNobodyAnswers(String what) {
        return switch (what) {
            case StreamProbe.UNTRUSTED ->
                "give the proxy a certificate for this name, from an authority that clients trust";
            case StreamProbe.NO_ADDRESS -> "write it as https://host, with a port if need be";
            default -> "see that the gateway runs, and where the proxy sends requests to";
        };
    }
}
