package dev.qwen2api.fuzz;

import dev.qwen2api.config.EnvFuzz;
import dev.qwen2api.http.server.BodyFuzz;
import dev.qwen2api.media.AttachmentFuzz;
import dev.qwen2api.upstream.compatible.CompatibleFuzz;
import dev.qwen2api.upstream.qwen.ReplyFuzz;
import java.util.Map;
import java.util.TreeMap;

/** The targets by their names. Those of classes that only their package sees are in that package. */
final class FuzzTargets {

    static final Map<String, FuzzTarget> ALL = new TreeMap<>(Map.ofEntries(
            Map.entry("chat", RequestFuzz::chat),
            Map.entry("responses", RequestFuzz::responses),
            Map.entry("messages", RequestFuzz::messages),
            Map.entry("gemini", RequestFuzz::gemini),
            Map.entry("pictures", RequestFuzz::pictures),
            Map.entry("toolcalls", AnswerFuzz::toolCalls),
            Map.entry("stop", AnswerFuzz::stopSequences),
            Map.entry("schema", AnswerFuzz::schema),
            Map.entry("frames", AnswerFuzz::frames),
            Map.entry("chunks", CompatibleFuzz::chunks),
            Map.entry("replies", ReplyFuzz::replies),
            Map.entry("cookies", ReplyFuzz::cookies),
            Map.entry("env", EnvFuzz::file),
            Map.entry("form", BodyFuzz::form),
            Map.entry("packed", BodyFuzz::packed),
            Map.entry("attachments", AttachmentFuzz::attachment)));

    private FuzzTargets() {}
}
