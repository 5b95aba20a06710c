package dev.qwen2api.api.openai;

import static dev.qwen2api.api.json.JsonStringWriter.utf8;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.api.json.JsonBody;
import dev.qwen2api.api.json.RequestField;
import dev.qwen2api.chat.ChatType;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Media;
import dev.qwen2api.failure.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads OpenAI's image requests and prints their responses. Pure. */
public final class ImagesCodec {

    /** Used in place of the model names that clients send by default, such as those of OpenAI. */
    private static final String DEFAULT_MODEL = "qwen-max";

    private static final int MOST = 4;

    private static final String MASK = "mask";
    private static final String NO_MASKS = "The service knows no masks: say in 'prompt' what to change.";

    /**
     * An image request.
     *
     * @param conversation the prompt, with the images to edit
     * @param count number of images, 1 to 4
     * @param base64 whether the response has the images in base64 instead of their addresses
     * @param stream whether the response is an event stream
     */
    public record ImageRequest(Conversation conversation, int count, boolean base64, boolean stream) {}

    /**
     * Reads {@code POST /v1/images/generations}.
     *
     * @throws dev.qwen2api.failure.ProblemException when it is none, naming the field at fault
     */
    public ImageRequest generation(InputStream body) throws IOException {
        return wish(JsonBody.read(body), ChatType.IMAGE, List.of());
    }

    /** Reads {@code POST /v1/images/edits} as JSON: {@code images} is a list of addresses or data URIs. */
    public ImageRequest edit(InputStream body) throws IOException {
        RequestField request = JsonBody.read(body);
        RequestField images = request.get("images").isPresent() ? request.get("images") : request.get("image");
        List<RequestField> each = images.isArray() ? images.items() : List.of(images);
        List<Media> media = each.stream().map(ImagesCodec::picture).toList();
        return wish(request, ChatType.IMAGE_EDIT, media);
    }

    private static Media picture(RequestField image) {
        RequestField url = image.isObject() ? image.get("image_url") : image;
        return Media.of(Media.MediaType.IMAGE, url.text(), "", image.path());
    }

    /**
     * Reads the fields of a form.
     *
     * @param fields its values, as a JSON object of strings; {@code image} may be an address
     * @param files its files
     */
    public ImageRequest edit(ObjectNode fields, List<Media> files) {
        RequestField request = RequestField.root(fields);
        var pictures = new ArrayList<Media>(files);
        if (request.get("image").isPresent()) {
            pictures.add(picture(request.get("image")));
        }
        return wish(request, ChatType.IMAGE_EDIT, pictures);
    }

    /**
     * Checks the field of a form that holds a file: {@code image}, {@code image[]}, {@code images} and the like.
     *
     * @throws dev.qwen2api.failure.ProblemException when it holds no picture to edit
     */
    public void checkPicture(String field) {
        if (field.equals(MASK)) {
            throw Problem.invalid(MASK, NO_MASKS).toException();
        }
        if (!field.startsWith("image")) {
            throw Problem.invalid(field, "The file '" + field + "' has no use: send pictures to edit as 'image'.")
                    .toException();
        }
    }

    private static ImageRequest wish(RequestField request, ChatType type, List<Media> pictures) {
        String prompt = request.get("prompt").text();
        if (prompt.isBlank()) {
            throw request.get("prompt").wrong("words that say what to draw");
        }
        int count = count(request.get("n"));
        boolean stream = flag(request.get("stream"));
        String format = request.get("response_format").optionalText().orElse(defaultFormat(request));
        if (!format.equals("url") && !format.equals("b64_json")) {
            throw request.get("response_format").wrong("url or b64_json");
        }
        if (request.get(MASK).isPresent()) {
            throw request.get(MASK).refused(NO_MASKS);
        }
        Options options =
                Options.drawing(type, request.get("size").optionalText().filter(size -> !size.equals("auto")));
        return new ImageRequest(
                Conversation.drawing(model(request), pictures, prompt, options),
                count,
                stream || format.equals("b64_json"),
                stream);
    }

    /** The default of {@code response_format}: OpenAI's {@code gpt-image} models always return base64. */
    private static String defaultFormat(RequestField request) {
        boolean bytes = request.get("model").optionalText().orElse("").startsWith("gpt-image");
        return bytes ? "b64_json" : "url";
    }

    /** In a form all values are strings. */
    private static boolean flag(RequestField flag) {
        if (flag.isText() && (flag.text().equals("true") || flag.text().equals("false"))) {
            return flag.text().equals("true");
        }
        return flag.optionalFlag().orElse(false);
    }

    /** In a form all values are strings. */
    private static int count(RequestField n) {
        int count = n.isText() && n.text().matches("\\d{1,3}")
                ? Integer.parseInt(n.text())
                : n.optionalCount(1).orElse(1);
        if (count < 1 || count > MOST) {
            throw n.wrong("1 to " + MOST);
        }
        return count;
    }

    private static String model(RequestField request) {
        String model = request.get("model").optionalText().orElse("");
        boolean openAis = model.isBlank() || model.startsWith("dall-e") || model.startsWith("gpt-image");
        return openAis ? DEFAULT_MODEL : model;
    }

    /**
     * Prints the answer.
     *
     * @param pictures addresses, or base64
     */
    public byte[] print(List<String> pictures, boolean base64, Instant now) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        answer.put("created", now.getEpochSecond());
        var data = answer.putArray("data");
        pictures.forEach(picture -> data.addObject().put(base64 ? "b64_json" : "url", picture));
        return utf8(answer.toString());
    }

    /**
     * Prints the event of a finished picture. The service tells no cost of it.
     *
     * @param base64 the picture
     */
    public byte[] event(ImageRequest request, String base64, Instant now) {
        Options options = request.conversation().options();
        String edit = options.chatType().equals(Optional.of(ChatType.IMAGE_EDIT)) ? "edit" : "generation";
        ObjectNode event = JsonNodeFactory.instance
                .objectNode()
                .put("type", "image_" + edit + ".completed")
                .put("b64_json", base64)
                .put("created_at", now.getEpochSecond())
                .put("size", options.size().orElse("auto"))
                .put("quality", "auto")
                .put("background", "auto")
                .put("output_format", "png");
        ObjectNode usage = event.putObject("usage")
                .put("total_tokens", 0)
                .put("input_tokens", 0)
                .put("output_tokens", 0);
        usage.putObject("input_tokens_details").put("text_tokens", 0).put("image_tokens", 0);
        return utf8("event: " + event.path("type").asText() + "\ndata: " + event + "\n\n");
    }

    /** Prints the event of a request that failed after its stream had begun. */
    public byte[] failure(Problem problem) {
        String error = new String(new ErrorCodec().print(problem), StandardCharsets.UTF_8);
        return utf8("event: error\ndata: " + error + "\n\n");
    }
}
