package dev.qwen2api.upstream.compatible;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.qwen2api.chat.AnswerEvent.Usage;
import dev.qwen2api.chat.RelayRequest;
import dev.qwen2api.chat.RelaySink;
import dev.qwen2api.failure.Failure;
import dev.qwen2api.failure.FailureKind;
import dev.qwen2api.failure.UpstreamException;
import dev.qwen2api.upstream.qwen.stream.SseReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The stream of one answer on its way through: every frame is handed on as it came. The first ones are held back until one of
 * them says something, so that an answer that never says anything can still be had elsewhere. Used by one thread.
 */
final class PortalAnswer {

    private static final int LONGEST_LINE = 4 * 1024 * 1024;
    private static final JsonMapper JSON = new JsonMapper();

    private final RelayRequest request;
    private final RelaySink sink;
    private final PortalCredential portalCredential;
    private final SseReader lines = new SseReader(LONGEST_LINE);
    private final List<byte[]> heldBack = new ArrayList<>();
    private boolean committed;
    private boolean done;
    private int said;
    private String finishReason = "";
    private @Nullable Usage usage;
    private @Nullable PortalRefusedException refusal;

    PortalAnswer(RelayRequest request, RelaySink sink, PortalCredential portalCredential) {
        this.request = request;
        this.sink = sink;
        this.portalCredential = portalCredential;
    }

    /** Whether the client was given something of it. */
    boolean isCommitted() {
        return committed;
    }

    boolean isDone() {
        return done;
    }

    /** How many frames said something. */
    int said() {
        return said;
    }

    Optional<Usage> usage() {
        return Optional.ofNullable(usage);
    }

    void feed(List<ByteBuffer> pieces) throws UpstreamException, PortalRefusedException {
        for (ByteBuffer piece : pieces) {
            lines.feed(piece, this::data);
        }
        refuse();
    }

    /**
     * The stream has ended in good order, as far as the connection goes.
     *
     * @throws UpstreamException when the answer has not
     */
    void end() throws UpstreamException, PortalRefusedException {
        lines.end(this::data);
        refuse();
        if (!done && finishReason.isEmpty()) {
            throw new UpstreamException(
                    committed
                            ? Failure.of(FailureKind.TRUNCATED, "the answer broke off before its end")
                            : Failure.of(FailureKind.EMPTY, "the portal's stream ended without an answer"));
        }
        finish();
    }

    private void refuse() throws PortalRefusedException {
        if (refusal != null) {
            throw refusal;
        }
    }

    private void data(byte[] bytes, int offset, int length) throws UpstreamException {
        if (done || refusal != null) {
            return;
        }
        byte[] frame = Arrays.copyOfRange(bytes, offset, offset + length);
        if (new String(frame, StandardCharsets.UTF_8).strip().equals("[DONE]")) {
            finish();
            return;
        }
        JsonNode json = json(frame);
        if (PortalFrame.isError(json)) {
            refusal = PortalVerdict.of(json, portalCredential);
        } else if (json.isObject()) {
            frame(frame, json);
        }
    }

    /** What is no JSON is nothing that a client could read. */
    private static JsonNode json(byte[] frame) {
        try {
            return JSON.readTree(frame);
        } catch (IOException garbage) {
            return JSON.missingNode();
        }
    }

    private void frame(byte[] frame, JsonNode json) {
        PortalFrame.usage(json).ifPresent(told -> usage = told);
        finishReason = finishReason.isEmpty() ? PortalFrame.finishReason(json) : finishReason;
        if (PortalFrame.isUsageOnly(json) && !request.includeUsage()) {
            return;
        }
        heldBack.add(frame);
        boolean content = PortalFrame.hasContent(json, "delta");
        said += content ? 1 : 0;
        if (committed || content) {
            release();
        }
    }

    private void release() {
        committed = true;
        heldBack.forEach(sink::frame);
        heldBack.clear();
    }

    private void finish() throws UpstreamException {
        if (!committed && (finishReason.isEmpty() || finishReason.equals("stop"))) {
            throw new UpstreamException(
                    Failure.of(FailureKind.EMPTY, "the portal's answer has not a single character"));
        }
        release();
        done = true;
    }
}
