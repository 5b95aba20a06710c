package dev.qwen2api.http.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.qwen2api.Eventually;
import dev.qwen2api.http.server.Routes.RouteAccess;
import dev.qwen2api.media.SpoolDirectory;
import dev.qwen2api.media.SpoolingAttachmentResolver;
import io.javalin.http.Context;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Forms as they come off the wire, to a route that says what was in them. */
@Timeout(30)
class MultipartFormTest {

    private static final int MAX_BODY = 256 * 1024;
    private static final HttpLimits IMPATIENT =
            new HttpLimits(MAX_BODY, 10, Duration.ofSeconds(5), Duration.ofMillis(500), Duration.ofSeconds(1));
    private static final String HEAD = "POST /form HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n"
            + "Content-Type: multipart/form-data; boundary=\"cut\"\r\n\r\n";
    private static final String WORD = "--cut\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n";
    private static final String FILE =
            "--cut\r\nContent-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @BeforeEach
    void start() {
        var intake = new SpoolingAttachmentResolver(
                new SpoolDirectory(folder, 1 << 30),
                Runnable::run,
                () -> false,
                url -> new CompletableFuture<>(),
                System::nanoTime);
        server = new TestServer(
                Wire::read,
                (conversation, sink) -> {},
                IMPATIENT,
                desk -> List.of(table -> table.post("/form", ctx -> show(ctx, desk, intake), RouteAccess.OPEN)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private static void show(Context ctx, RouteSupport desk, SpoolingAttachmentResolver intake) throws Exception {
        try (MultipartForm multipartForm = MultipartForm.read(ctx, desk, intake)) {
            var shown = new StringBuilder(multipartForm.words().toString());
            for (MultipartForm.UploadedFile file : multipartForm.files()) {
                try (InputStream bytes = file.bytes().open()) {
                    shown.append(' ').append(file.name()).append(' ').append(bytes.readAllBytes().length);
                }
            }
            ctx.result(shown.toString());
        }
    }

    private static String chunk(String text) {
        return Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n";
    }

    @Test
    void words_and_files_are_told_apart_wherever_the_body_is_cut() throws Exception {
        String form = WORD + "blüer\r\n" + FILE + "x".repeat(40_000) + "\r\n" + WORD + "again\r\n--cut--\r\n";
        for (int at = 1; at < WORD.length() + FILE.length() + 20; at += 7) {
            try (var client = server.client()) {
                client.send(HEAD + chunk(form.substring(0, at)) + chunk(form.substring(at)) + "0\r\n\r\n");
                assertEquals(
                        "{\"prompt\":\"blüer\"} a.png 40000", client.answer().body());
            }
        }
        Eventually.empty(folder);
    }

    @Test
    void a_form_that_grows_past_the_limit_is_refused_and_leaves_no_file() throws Exception {
        try (var client = server.client()) {
            client.send(HEAD + chunk(FILE));
            for (int i = 0; i < 9; i++) {
                client.send(chunk("x".repeat(32 * 1024)));
            }
            assertEquals(413, client.answer().status());
        }
        Eventually.empty(folder);
    }

    @Test
    void a_form_that_only_trickles_is_given_up_and_leaves_no_file() throws Exception {
        try (var client = server.client()) {
            client.send(HEAD + chunk(FILE));
            for (int i = 0; i < 10; i++) {
                Thread.sleep(100);
                client.send(chunk("x"));
            }
            assertEquals(408, client.answer().status());
        }
        Eventually.empty(folder);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "no form at all", WORD + "cut short", FILE + "cut short\r\n", "--cut\r\n: nothing\r\n\r\n"})
    void what_is_no_whole_form_is_refused(String body) throws Exception {
        try (var client = server.client()) {
            client.send(HEAD + (body.isEmpty() ? "" : chunk(body)) + "0\r\n\r\n");
            assertEquals(400, client.answer().status());
        }
        Eventually.empty(folder);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "; boundary", "; boundary=", "; boundary=\"cut", "; name=\"x; boundary=cut"})
    void a_form_whose_boundary_cannot_be_read_is_refused(String parameters) throws Exception {
        try (var client = server.client()) {
            client.send(HEAD.replace("; boundary=\"cut\"", parameters) + chunk(WORD) + "0\r\n\r\n");
            assertEquals(400, client.answer().status());
        }
    }
}
