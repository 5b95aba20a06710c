package dev.qwen2api.fakeqwen;

/** Error bodies of the portal, which are OpenAI's with a {@code request_id}. */
final class PortalReplies {
    private PortalReplies() {}

    static Reply error(int status, String code, String message) {
        String type = code.equals("insufficient_quota") ? code : "invalid_request_error";
        return Reply.json("{\"error\":{\"code\":\"" + code + "\",\"message\":" + Json.quoted(message)
                        + ",\"param\":null,\"type\":\"" + type + "\"},\"request_id\":\"" + Ids.uuid() + "\"}")
                .status(status);
    }

    static Reply invalidKey() {
        return error(401, "invalid_api_key", "invalid access token or token expired");
    }

    static Reply oauth(String error, String description) {
        return Reply.json("{\"error\":\"" + error + "\",\"error_description\":" + Json.quoted(description) + "}")
                .status(400);
    }
}
