package dev.qwen2api.api.openai;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Message;
import dev.qwen2api.failure.ProblemException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MediaReaderTest {

    private static Message turn(String role, String part) throws IOException {
        String body = "{\"model\":\"m\",\"messages\":[{\"role\":\"" + role
                + "\",\"tool_call_id\":\"c\",\"content\":[{'type':'text','text':'see'},".replace('\'', '"')
                + part.replace('\'', '"') + "]}]}";
        return ChatCodec.parse(new ByteArrayInputStream(body.getBytes(StandardCharsets.UTF_8)))
                .conversation()
                .turns()
                .get(0);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            {'type':'image_url','image_url':{'url':'data:image/png;base64,AA==','detail':'low'}} | IMAGE | image_url
            {'type':'image_url','image_url':'data:image/png;base64,AA=='}                        | IMAGE | image_url
            {'type':'input_image','image_url':'data:image/png;base64,AA=='}                      | IMAGE | image_url
            {'type':'video_url','video_url':{'url':'data:video/mp4;base64,AA=='}}                | VIDEO | video_url
            {'type':'input_audio','input_audio':{'data':'AAAA','format':'wav'}}                  | AUDIO | input_audio
            {'type':'file','file':{'filename':'a.pdf','file_data':'data:;base64,AA=='}}          | FILE  | file
            """)
    void a_part_is_read_with_its_kind_and_its_place(String part, Media.MediaType mediaType, String field)
            throws IOException {
        for (String role : List.of("system", "user", "assistant", "tool")) {
            Media media = (Media) turn(role, part).parts().get(1);
            assertEquals(mediaType, media.kind());
            assertEquals("messages[0].content[1]." + field, media.path());
            assertEquals(Media.Written.class, media.source().getClass());
        }
    }

    @Test
    void an_address_is_told_from_bytes_whatever_its_case() throws IOException {
        Media media = (Media) turn("user", "{'type':'image_url','image_url':{'url':' HTTPS://a.example/x '}}")
                .parts()
                .get(1);
        assertEquals(new Media.Remote("HTTPS://a.example/x"), media.source());
    }

    @Test
    void a_file_keeps_its_name() throws IOException {
        Media media = (Media) turn("user", "{'type':'file','file':{'filename':'报告.pdf','file_data':'AAAA'}}")
                .parts()
                .get(1);
        assertEquals("报告.pdf", media.name());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            {'type':'image_url'}                                | messages[0].content[1].image_url
            {'type':'image_url','image_url':{}}                 | messages[0].content[1].image_url.url
            {'type':'image_url','image_url':{'url':''}}         | messages[0].content[1].image_url.url
            {'type':'input_audio','input_audio':{'data':7}}     | messages[0].content[1].input_audio.data
            {'type':'file','file':{'file_id':'file-1'}}         | messages[0].content[1].file.file_id
            {'type':'hologram','hologram':{}}                   | messages[0].content[1].type
            """)
    void a_part_without_anything_in_it_is_refused_by_name(String part, String param) {
        var refused = assertThrows(ProblemException.class, () -> turn("user", part));
        assertEquals(param, refused.problem().param().orElse(""));
    }
}
