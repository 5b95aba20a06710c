package dev.qwen2api.http.routes;

import dev.qwen2api.api.openai.ImagesCodec;
import dev.qwen2api.api.openai.ImagesCodec.ImageRequest;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.http.server.ClientOutput;
import dev.qwen2api.http.server.RouteSupport.AnswerOutcome;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/**
 * Sends the pictures of a request as one body or as events. A stream begins with its first heartbeat, a comment, so
 * that an early failure still has a status. Used by one thread.
 */
final class PictureOutput implements AnswerOutcome {

    private static final byte[] COMMENT = ": keep-alive\n\n".getBytes(StandardCharsets.US_ASCII);

    private final ImageRequest request;
    private final ClientOutput out;
    private final ImagesCodec codec = new ImagesCodec();

    PictureOutput(ImageRequest request, ClientOutput out) {
        this.request = request;
        this.out = out;
    }

    void heartbeat() {
        if (request.stream()) {
            out.begin(ClientOutput.EVENT_STREAM);
            send(COMMENT);
        }
    }

    /** @param pictures addresses, or base64 */
    void pictures(List<String> pictures, Instant now) {
        out.answering();
        if (!request.stream()) {
            out.whole(codec.print(pictures, request.base64(), now));
            return;
        }
        out.begin(ClientOutput.EVENT_STREAM);
        pictures.forEach(picture -> send(codec.event(request, picture, now)));
        out.end();
    }

    private void send(byte[] frame) {
        var buffer = new ByteArrayOutputStream(frame.length);
        buffer.writeBytes(frame);
        out.send(buffer);
    }

    @Override
    public void fail(Problem problem) {
        if (!out.hasEnded() && out.hasBegun()) {
            out.broken(problem.kind().code());
            send(codec.failure(problem));
            out.end();
            return;
        }
        out.fail(problem);
    }

    @Override
    public boolean hasEnded() {
        return out.hasEnded();
    }

    @Override
    public boolean clientGone() {
        return out.clientGone();
    }
}
