package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/** Upload tickets, the object storage, and the parsing of documents. The storage has this server's own address. */
final class UploadsEndpoint {
    private static final String BUCKET = "qwen-webui-prod";

    private final FakeAccounts accounts;
    private final Uploads uploads;
    private final String baseUrl;
    private final OssSignature signature = new OssSignature(BUCKET);

    UploadsEndpoint(Parts parts) {
        this.accounts = parts.accounts();
        this.uploads = parts.uploads();
        this.baseUrl = parts.baseUrl();
    }

    void flatTicket(Exchange exchange) throws IOException {
        exchange.reply(refused(exchange.request()).orElseGet(() -> Reply.json(Json.bytes(ticket(exchange.request())))));
    }

    void ticket(Exchange exchange) throws IOException {
        Request request = exchange.request();
        exchange.reply(refused(request)
                .orElseGet(() -> Reply.success(request, ticket(request).toString())));
    }

    private Optional<Reply> refused(Request request) {
        return accounts.refusal(request).or(() -> {
            boolean complete = name(request).contains(".")
                    && !field(request, "filesize", "file_size").isMissingNode()
                    && !field(request, "filetype", "file_type").isMissingNode();
            if (!complete) {
                return Optional.of(CannedReplies.fieldRequired(request, "filename"));
            }
            boolean admitted = uploads.admits(request.userId().orElse(""));
            return admitted ? Optional.empty() : Optional.of(CannedReplies.rateLimited(request, ""));
        });
    }

    private ObjectNode ticket(Request request) {
        StoredFile file = uploads.announce(request.userId().orElse(""), name(request));
        ObjectNode node = Json.object();
        node.put("access_key_id", file.ticket().accessKeyId());
        node.put("access_key_secret", file.ticket().accessKeySecret());
        node.put("security_token", file.ticket().securityToken());
        node.put("file_url", baseUrl + "/" + encoded(file.path()) + presigned(file));
        node.put("file_path", file.path()).put("file_id", file.id()).put("bucketname", BUCKET);
        return node.put("region", "oss-ap-southeast-1").put("endpoint", baseUrl.substring(baseUrl.indexOf("//") + 2));
    }

    void put(Exchange exchange) throws IOException {
        Request request = exchange.request();
        String path = URLDecoder.decode(request.path().substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        Optional<StoredFile> file = uploads.at(path);
        if (file.isEmpty() || !signature.accepts(request, file.get().ticket())) {
            exchange.reply(xml(403, file.isEmpty() ? "AccessDenied" : "SignatureDoesNotMatch"));
            return;
        }
        uploads.uploaded(file.get(), request);
        exchange.reply(Reply.of(200, "", ""));
    }

    void get(Exchange exchange) throws IOException {
        Request request = exchange.request();
        String path = URLDecoder.decode(request.path().substring(1).replace("+", "%2B"), StandardCharsets.UTF_8);
        Optional<Request> put = uploads.at(path).flatMap(StoredFile::upload);
        if (put.isEmpty() || request.query("x-oss-signature").isEmpty()) {
            exchange.reply(xml(put.isEmpty() ? 404 : 403, put.isEmpty() ? "NoSuchKey" : "AccessDenied"));
            return;
        }
        String type = put.get().header("content-type").orElse("application/octet-stream");
        exchange.reply(new Reply(200, 200, type, Headers.none(), put.get().body()));
    }

    void parse(Exchange exchange) throws IOException {
        Request request = exchange.request();
        String fileId = request.json().path("file_id").asText();
        exchange.reply(accounts.refusal(request).orElseGet(() -> {
            boolean known = uploads.parse(request.userId().orElse(""), fileId);
            return known
                    ? Reply.success(request, "{\"file_id\":" + Json.quoted(fileId) + ",\"status\":\"pending\"}")
                    : CannedReplies.notFound(request, "");
        }));
    }

    void parseStatus(Exchange exchange) throws IOException {
        Request request = exchange.request();
        if (!request.json().path("file_id_list").isArray()) {
            exchange.reply(CannedReplies.fieldRequired(request, "file_id_list"));
            return;
        }
        ArrayNode states = Json.array();
        for (JsonNode id : request.json().path("file_id_list")) {
            String state = uploads.look(id.asText()).name().toLowerCase(Locale.ROOT);
            states.addObject().put("file_id", id.asText()).put("status", state).put("error_msg", "");
        }
        exchange.reply(accounts.refusal(request).orElseGet(() -> Reply.success(request, states.toString())));
    }

    private static String name(Request request) {
        return field(request, "filename", "file_name").asText("");
    }

    /** Both spellings that were reported are taken. */
    private static JsonNode field(Request request, String name, String other) {
        return request.json().has(name)
                ? request.json().path(name)
                : request.json().path(other);
    }

    private static String encoded(String path) {
        return URLEncoder.encode(path, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }

    private static String presigned(StoredFile file) {
        return "?x-oss-security-token=" + URLEncoder.encode(file.ticket().securityToken(), StandardCharsets.UTF_8)
                + "&x-oss-date=20260304T065915Z&x-oss-expires=300&x-oss-signature-version=OSS4-HMAC-SHA256"
                + "&x-oss-credential=" + file.ticket().accessKeyId()
                + "%2F20260304%2Fap-southeast-1%2Foss%2Faliyun_v4_request&x-oss-signature=" + Ids.hex(64);
    }

    private static Reply xml(int status, String code) {
        return Reply.of(status, "application/xml", "<Error><Code>" + code + "</Code></Error>");
    }
}
