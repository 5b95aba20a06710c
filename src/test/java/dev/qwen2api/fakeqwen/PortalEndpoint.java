package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import dev.qwen2api.fakeqwen.Completion.Outcome;
import java.io.IOException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;

/** The OpenAI-compatible model API of the portal, with native tool calls. */
final class PortalEndpoint {
    private static final List<String> MODELS =
            List.of("coder-model", "qwen3-coder-plus", "qwen3-coder-flash", "vision-model");

    private final FakeOauth oauth;
    private final Script script;
    private final Recorder recorder;
    private final Clock clock;

    PortalEndpoint(Parts parts) {
        this.oauth = parts.oauth();
        this.script = parts.script();
        this.recorder = parts.recorder();
        this.clock = parts.options().clock();
    }

    void models(Exchange exchange) throws IOException {
        if (owner(exchange.request()).isEmpty()) {
            exchange.reply(PortalReplies.invalidKey());
            return;
        }
        var list = Json.object().put("object", "list");
        var data = list.putArray("data");
        MODELS.forEach(
                id -> data.addObject().put("id", id).put("object", "model").put("owned_by", "qwen"));
        exchange.reply(Reply.json(Json.bytes(list)));
    }

    void complete(Exchange exchange) throws IOException {
        Request request = exchange.request();
        Optional<Reply> refusal = refusal(request);
        if (refusal.isPresent()) {
            exchange.reply(refusal.get());
            return;
        }
        Prompt prompt = new Prompt(request.userId().orElse(""), "", request.json());
        Completion completion = exchange.completion();
        Generation generation = new Generation(completion, recorder.gauge(prompt.userId()));
        generation.started();
        try {
            answer(exchange, prompt, generation);
        } finally {
            // Closing the connection is the portal's way to stop, so nothing runs on.
            generation.end();
        }
    }

    private void answer(Exchange exchange, Prompt prompt, Generation generation) throws IOException {
        PortalFrames frames = new PortalFrames(
                script.answerTo(prompt), prompt.model(), clock.instant().getEpochSecond());
        Completion completion = exchange.completion();
        if (!prompt.body().path("stream").asBoolean()) {
            generation.end();
            completion.ended(Outcome.FINISHED);
            exchange.reply(Reply.json(frames.whole()));
            return;
        }
        boolean usage = prompt.body().at("/stream_options/include_usage").asBoolean();
        StreamPlayer player = new StreamPlayer(exchange, generation, outcome -> {
            generation.end();
            completion.ended(outcome);
        });
        Frames none = new Frames("", "", "", clock.instant().getEpochSecond());
        player.play(exchange.strike().shaped(none, frames.stream(usage)));
    }

    private Optional<Reply> refusal(Request request) {
        if (owner(request).isEmpty()) {
            return Optional.of(PortalReplies.invalidKey());
        }
        JsonNode body = request.json();
        if (!body.path("messages").isArray() || body.path("messages").isEmpty()) {
            return Optional.of(PortalReplies.error(400, "invalid_parameter_error", "messages is required"));
        }
        if (!MODELS.contains(body.path("model").asText())) {
            return Optional.of(PortalReplies.error(404, "model_not_found", "The model does not exist"));
        }
        boolean key = request.token().filter(oauth::isKey).isPresent();
        boolean framed = key || cachesItsSystemText(body.path("messages").path(0));
        return framed
                ? Optional.empty()
                : Optional.of(PortalReplies.error(400, "invalid_parameter_error", "the system message is not cached"));
    }

    /** Tokens of the device flow demand a system message with a part marked for the cache. */
    private static boolean cachesItsSystemText(JsonNode first) {
        if (!first.path("role").asText().equals("system")) {
            return false;
        }
        for (JsonNode part : first.path("content")) {
            if (part.at("/cache_control/type").asText().equals("ephemeral")) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> owner(Request request) {
        return request.token().flatMap(oauth::owner);
    }
}
