package dev.qwen2api.api.json;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.chat.Message.Part;
import java.util.List;

/** Parses the content of OpenAI's messages: text, pictures, videos, sound and files, as data URIs and as addresses. */
public final class ContentPartReader {

    private ContentPartReader() {}

    /**
     * Parses content: a string, or an array of parts.
     *
     * @param types what the dialect calls its types, for the message about another one
     * @throws dev.qwen2api.failure.ProblemException when a part has another type, or is empty
     */
    public static List<Part> parts(RequestField content, String types) {
        if (content.isText()) {
            return List.of(new Message.Text(content.text()));
        }
        if (!content.isArray()) {
            throw content.wrong("a string or an array of parts");
        }
        return content.items().stream().map(part -> part(part.object(), types)).toList();
    }

    private static Part part(RequestField part, String types) {
        return switch (part.get("type").text()) {
            case "text", "input_text", "output_text", "summary_text", "reasoning_text" ->
                new Message.Text(part.get("text").text());
            case "refusal" -> new Message.Text(part.get("refusal").text());
            case "image_url", "input_image", "computer_screenshot" -> addressed(MediaType.IMAGE, part.get("image_url"));
            case "video_url", "input_video" -> addressed(MediaType.VIDEO, part.get("video_url"));
            case "audio_url" -> addressed(MediaType.AUDIO, part.get("audio_url"));
            case "input_audio" -> sound(part.get("input_audio"));
            case "file" -> file(part.get("file").object());
            case "input_file" -> file(part);
            default -> throw part.get("type").wrong(types);
        };
    }

    /** {@code {"url": …}} in chat completions, the bare address in responses; clients mix them. */
    private static Media addressed(MediaType mediaType, RequestField where) {
        return media(mediaType, where.isObject() ? where.get("url") : where, where, "");
    }

    private static Media sound(RequestField sound) {
        return media(MediaType.AUDIO, sound.object().get("data"), sound, "");
    }

    private static Media file(RequestField file) {
        if (file.get("file_id").isPresent()) {
            throw file.get("file_id").refused("Files are not kept here: send the file itself as 'file_data'.");
        }
        RequestField bytes = file.get("file_url").isPresent() ? file.get("file_url") : file.get("file_data");
        return media(
                MediaType.FILE, bytes, file, file.get("filename").optionalText().orElse(""));
    }

    private static Media media(MediaType mediaType, RequestField bytes, RequestField named, String name) {
        String text = bytes.text().strip();
        if (text.isEmpty()) {
            throw bytes.wrong("an http(s) address or a data URI");
        }
        return Media.of(mediaType, text, name, named.path());
    }
}
