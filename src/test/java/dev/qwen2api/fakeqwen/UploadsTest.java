package dev.qwen2api.fakeqwen;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UploadsTest {
    private static final String DATE = "20260304T065913Z";
    private static final byte[] BYTES = {1, 2, 3};

    private final FakeQwen fake = FakeQwen.start();
    private final String user = fake.accounts().newUser();
    private final Browser browser = new Browser(fake, user);

    @AfterEach
    void close() {
        fake.close();
    }

    @Test
    void a_signed_file_is_stored_parsed_and_served() throws Exception {
        JsonNode ticket = ticket("/api/v2/files/getstsToken").path("data");
        assertEquals(200, put(ticket, v4(ticket, "image/png")).statusCode());
        String id = ticket.path("file_id").asText();
        StoredFile stored = fake.uploads().find(id).orElseThrow();
        assertEquals(user + "/" + id + "_my photo.png", stored.path());
        assertArrayEquals(BYTES, stored.bytes());
        HttpRequest.Builder download =
                HttpRequest.newBuilder(URI.create(ticket.path("file_url").asText()));
        assertEquals(
                "image/png",
                browser.send(download).headers().firstValue("content-type").orElse(""));
        browser.post("/api/v2/files/parse", "{\"file_id\":\"" + id + "\"}");
        assertEquals("pending", parseStatus(id));
        assertEquals("success", parseStatus(id));
    }

    @Test
    void tickets_are_limited_for_each_account() throws Exception {
        fake.uploads().allow(1);
        assertEquals("", ticket("/api/v2/files/getstsToken").at("/data/code").asText());
        assertEquals(
                "RateLimited",
                ticket("/api/v2/files/getstsToken").at("/data/code").asText());
        fake.uploads().allow(2);
        assertEquals("", ticket("/api/v2/files/getstsToken").at("/data/code").asText());
    }

    @Test
    void a_wrong_signature_is_refused_in_xml() throws Exception {
        JsonNode ticket = ticket("/api/v1/files/getstsToken");
        HttpResponse<String> refused = put(ticket, v4(ticket, "image/jpeg"));
        assertEquals(403, refused.statusCode());
        assertTrue(refused.body().contains("<Code>SignatureDoesNotMatch</Code>"));
    }

    /** The vector is that of the storage vendor's own SDK tests. */
    @Test
    void the_signature_check_agrees_with_the_vendor_s_test_vector() {
        Headers headers = Headers.none()
                .with("content-type", "text/plain")
                .with("x-oss-content-sha256", "UNSIGNED-PAYLOAD")
                .with("date", "20231217T034736Z")
                .with("x-oss-head1", "value")
                .with("x-oss-security-token", "token")
                .with(
                        "authorization",
                        "OSS4-HMAC-SHA256 Credential=ak/20231217/cn-hangzhou/oss/aliyun_v4_request,"
                                + "Signature=0436fec1623c737d5827c11d200afd3df51d067b80196080438f57c94d99b9b0");
        String target =
                "/1234%2B-/123/1.txt?%2Bparam1=value3&%2Bparam2&%7Cparam1=value4&%7Cparam2&param1=value1&param2";
        Request request = new Request("PUT", target, headers, BYTES, Instant.EPOCH);
        OssSignature check = new OssSignature("bucket");
        assertTrue(check.accepts(request, new StoredFile.Ticket("ak", "sk", "token")));
        assertFalse(check.accepts(request, new StoredFile.Ticket("ak", "another", "token")));
    }

    @Test
    void the_older_signature_is_taken_on_trust() throws Exception {
        JsonNode ticket = ticket("/api/v1/files/getstsToken");
        assertEquals(
                200,
                put(ticket, "OSS " + ticket.path("access_key_id").asText() + ":c2ln")
                        .statusCode());
    }

    @Test
    void a_name_without_an_ending_gets_no_ticket() throws Exception {
        JsonNode refusal =
                browser.post("/api/v2/files/getstsToken", "{\"filename\":\"x\",\"filesize\":3,\"filetype\":\"file\"}");
        assertEquals("RequestValidationError", refusal.at("/data/code").asText());
    }

    private JsonNode ticket(String path) throws Exception {
        return browser.post(path, "{\"filename\":\"my photo.png\",\"filesize\":3,\"filetype\":\"image\"}");
    }

    private String parseStatus(String id) throws Exception {
        return browser.post("/api/v2/files/parse/status", "{\"file_id_list\":[\"" + id + "\"]}")
                .at("/data/0/status")
                .asText();
    }

    private HttpResponse<String> put(JsonNode ticket, String authorization) throws Exception {
        String url = ticket.path("file_url").asText();
        return browser.send(HttpRequest.newBuilder(URI.create(url.substring(0, url.indexOf('?'))))
                .header("authorization", authorization)
                .header("content-type", "image/png")
                .header("x-oss-content-sha256", "UNSIGNED-PAYLOAD")
                .header("x-oss-date", DATE)
                .header("x-oss-security-token", ticket.path("security_token").asText())
                .PUT(BodyPublishers.ofByteArray(BYTES)));
    }

    private static String v4(JsonNode ticket, String type) throws Exception {
        String scope = "20260304/ap-southeast-1/oss/aliyun_v4_request";
        String canonical = "PUT\n/qwen-webui-prod/"
                + ticket.path("file_path").asText().replace(" ", "%20")
                + "\n\ncontent-type:" + type + "\nx-oss-content-sha256:UNSIGNED-PAYLOAD\nx-oss-date:" + DATE
                + "\nx-oss-security-token:" + ticket.path("security_token").asText() + "\n\n\nUNSIGNED-PAYLOAD";
        String text = "OSS4-HMAC-SHA256\n" + DATE + "\n" + scope + "\n"
                + HexFormat.of().formatHex(FakeTokens.sha256(canonical));
        byte[] key = ("aliyun_v4" + ticket.path("access_key_secret").asText()).getBytes(StandardCharsets.UTF_8);
        for (String part : scope.split("/", -1)) {
            key = hmac(key, part);
        }
        return "OSS4-HMAC-SHA256 Credential=" + ticket.path("access_key_id").asText() + "/" + scope + ",Signature="
                + HexFormat.of().formatHex(hmac(key, text));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }
}
