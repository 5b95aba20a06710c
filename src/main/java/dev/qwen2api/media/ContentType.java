package dev.qwen2api.media;

import dev.qwen2api.chat.Media.MediaType;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A MIME type, detected from the leading bytes of a file. The client's own declaration is ignored; only text and zipped
 * office formats are told apart by the file name.
 *
 * @param kind the upstream's class of media
 * @param name the MIME type
 * @param extension without the dot
 */
record ContentType(MediaType kind, String name, String extension) {

    private record Mark(int at, String bytes, ContentType type) {}

    private static final List<Mark> MARKS = List.of(
            mark(0, "\u0089PNG\r\n\u001a\n", MediaType.IMAGE, "image/png", "png"),
            mark(0, "\u00ff\u00d8\u00ff", MediaType.IMAGE, "image/jpeg", "jpg"),
            mark(0, "GIF8", MediaType.IMAGE, "image/gif", "gif"),
            mark(8, "WEBP", MediaType.IMAGE, "image/webp", "webp"),
            mark(0, "BM", MediaType.IMAGE, "image/bmp", "bmp"),
            mark(8, "WAVE", MediaType.AUDIO, "audio/wav", "wav"),
            mark(8, "AVI ", MediaType.VIDEO, "video/x-msvideo", "avi"),
            mark(4, "ftypM4A", MediaType.AUDIO, "audio/mp4", "m4a"),
            mark(4, "ftypqt", MediaType.VIDEO, "video/quicktime", "mov"),
            mark(4, "ftyp", MediaType.VIDEO, "video/mp4", "mp4"),
            mark(0, "\u001aE\u00df\u00a3", MediaType.VIDEO, "video/webm", "webm"),
            mark(0, "ID3", MediaType.AUDIO, "audio/mpeg", "mp3"),
            mark(0, "\u00ff\u00fb", MediaType.AUDIO, "audio/mpeg", "mp3"),
            mark(0, "\u00ff\u00f3", MediaType.AUDIO, "audio/mpeg", "mp3"),
            mark(0, "\u00ff\u00f2", MediaType.AUDIO, "audio/mpeg", "mp3"),
            mark(0, "\u00ff\u00f1", MediaType.AUDIO, "audio/aac", "aac"),
            mark(0, "OggS", MediaType.AUDIO, "audio/ogg", "ogg"),
            mark(0, "fLaC", MediaType.AUDIO, "audio/flac", "flac"),
            mark(0, "%PDF-", MediaType.FILE, "application/pdf", "pdf"));

    private static final String ZIP = "PK\u0003\u0004";
    private static final String OLE = "\u00d0\u00cf\u0011\u00e0";
    private static final String OPEN_XML = "application/vnd.openxmlformats-officedocument.";

    private static final Map<String, String> ZIPPED = Map.of(
            "docx", OPEN_XML + "wordprocessingml.document",
            "xlsx", OPEN_XML + "spreadsheetml.sheet",
            "pptx", OPEN_XML + "presentationml.presentation",
            "epub", "application/epub+zip");
    private static final Map<String, String> OLD_OFFICE = Map.of(
            "doc", "application/msword", "xls", "application/vnd.ms-excel", "ppt", "application/vnd.ms-powerpoint");
    private static final Map<String, String> TEXTS = Map.of(
            "md", "text/markdown",
            "csv", "text/csv",
            "json", "application/json",
            "html", "text/html",
            "xml", "text/xml");

    private static Mark mark(int at, String bytes, MediaType mediaType, String name, String extension) {
        return new Mark(at, bytes, new ContentType(mediaType, name, extension));
    }

    /**
     * Detects the type.
     *
     * @param head the leading bytes, up to {@link SpooledFile#HEAD}
     * @param fileName the client's name for it; may be empty
     * @return empty for an unsupported type
     */
    static Optional<ContentType> of(byte[] head, String fileName) {
        for (Mark mark : MARKS) {
            if (has(head, mark.at(), mark.bytes())) {
                return Optional.of(mark.type());
            }
        }
        String extension = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (has(head, 0, ZIP)) {
            return named(ZIPPED, extension);
        }
        if (has(head, 0, OLE)) {
            return named(OLD_OFFICE, extension);
        }
        return isText(head) && !isBinaryExtension(extension)
                ? Optional.of(new ContentType(
                        MediaType.FILE,
                        TEXTS.getOrDefault(extension, "text/plain"),
                        extension.matches("[a-z0-9]{1,8}") && fileName.contains(".") ? extension : "txt"))
                : Optional.empty();
    }

    /** Whether the extension belongs to a binary format, which text cannot be. */
    private static boolean isBinaryExtension(String extension) {
        return ZIPPED.containsKey(extension)
                || OLD_OFFICE.containsKey(extension)
                || extension.equals("jpeg")
                || MARKS.stream().anyMatch(mark -> mark.type().extension().equals(extension));
    }

    private static Optional<ContentType> named(Map<String, String> types, String extension) {
        return Optional.ofNullable(types.get(extension)).map(name -> new ContentType(MediaType.FILE, name, extension));
    }

    private static boolean has(byte[] head, int at, String bytes) {
        byte[] wanted = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return head.length >= at + wanted.length
                && Arrays.equals(head, at, at + wanted.length, wanted, 0, wanted.length);
    }

    /** Whether it is UTF-8 without control characters; the last character may be incomplete. */
    private static boolean isText(byte[] head) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(head.length);
        CoderResult result = decoder.decode(ByteBuffer.wrap(head), text, false);
        text.flip();
        return head.length > 0
                && !result.isError()
                && text.chars().noneMatch(c -> c < ' ' && c != '\n' && c != '\r' && c != '\t' && c != '\f');
    }
}
