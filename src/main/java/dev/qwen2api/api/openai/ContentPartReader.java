package dev.qwen2api.api.openai;

import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;

/** Reads the parts of a message that are no words: pictures, videos, sound and files, as data URIs and as addresses. */
public final class ContentPartReader {

    private static final String TYPES = "one of text, image_url, video_url, input_audio, file";

    private ContentPartReader() {}

    /**
     * Reads a part of a type that is not text.
     *
     * @throws dev.qwen2api.failure.ProblemException when there is no such type, or nothing in the part
     */
    public static Media read(String type, RequestField part) {
        return switch (type) {
            case "image_url", "input_image" -> addressed(MediaType.IMAGE, part.get("image_url"));
            case "video_url", "input_video" -> addressed(MediaType.VIDEO, part.get("video_url"));
            case "audio_url" -> addressed(MediaType.AUDIO, part.get("audio_url"));
            case "input_audio" -> sound(part.get("input_audio"));
            case "file" -> file(part.get("file").object());
            case "input_file" -> file(part);
            default -> throw part.get("type").wrong(TYPES);
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
