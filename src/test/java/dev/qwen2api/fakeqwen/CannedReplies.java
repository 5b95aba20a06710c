package dev.qwen2api.fakeqwen;

/** The refusals of the service and of the gateways in front of it, word for word where a capture exists. */
final class CannedReplies {
    static final String QUOTA_TEXT = "You've reached the upper limit for today's usage.";
    static final String INPUT_MODERATION = "Content safety warning: the input data may contain inappropriate content!";
    static final String OUTPUT_MODERATION = "内容安全警告：输出内容可能包含不适当的内容！";

    private static final String HTML = "text/html; charset=utf-8";
    private static final String WAF_PAGE = wafPage();

    private CannedReplies() {}

    /** The challenge page, about 16 KB, without an error status. */
    static Reply wafHtml() {
        return Reply.of(200, HTML, WAF_PAGE);
    }

    static Reply punish(String action) {
        return Reply.json("{\"ret\":[\"FAIL_SYS_USER_VALIDATE\",\"RGV587_ERROR::SM::哎哟喂,被挤爆啦,请稍后重试\"],"
                        + "\"data\":{\"url\":\"https://chat.qwen.ai:443//api/v2/chat/completions/_____tmd_____/punish"
                        + "?x5secdata=xg0000" + Ids.hex(96) + "&x5step=2&action=" + action + "&pureCaptcha=\"}}")
                .type("application/json;charset=utf-8");
    }

    static Reply missingSource() {
        return Reply.json("{\"ret\":[\"FAIL_SYS_USER_VALIDATE\"],\"data\":{}}").type("application/json;charset=utf-8");
    }

    /** A page of the network's edge that refuses the method or the egress. */
    static Reply blockedHtml(int status) {
        return Reply.of(
                status,
                HTML,
                "<html><head><title>" + status + "</title></head><body><center><h1>" + status
                        + "</h1></center><hr><center>tengine</center></body></html>");
    }

    /** The daily quota; the hours are JSON text, empty for none. */
    static Reply rateLimited(Request request, String hours) {
        String num = hours.isEmpty() ? "" : ",\"num\":" + hours;
        return Reply.json("{\"success\":false,\"request_id\":\"" + request.requestId()
                        + "\",\"data\":{\"code\":\"RateLimited\",\"details\":\"" + QUOTA_TEXT + "\",\"template\":\""
                        + template() + "\"" + num + "}}")
                .actual(429);
    }

    /** The daily quota in the flat form of 2025, with a real 429. */
    static Reply rateLimitedFlat(int hours) {
        return Reply.json("{\"code\":\"RateLimited\",\"detail\":\"" + QUOTA_TEXT + "\",\"template\":\"" + template()
                        + "\",\"num\":" + hours + "}")
                .status(429);
    }

    static Reply expired(Request request) {
        return Reply.refusal(request, 401, "Unauthorized", "Token has expired");
    }

    static Reply noToken(Request request) {
        return Reply.refusal(request, 401, "Unauthorized", "").status(401);
    }

    static Reply chatNotExist(Request request, String chatId) {
        return Reply.refusal(request, 400, "Bad_Request", "Invalid input the chat " + chatId + " is not exist");
    }

    static Reply busy(Request request) {
        return Reply.refusal(request, 400, "Bad_Request", "The chat is in progress!");
    }

    static Reply internal(Request request) {
        return Reply.refusal(request, 400, "Bad_Request", "Internal error...");
    }

    static Reply fieldRequired(Request request, String field) {
        return Reply.refusal(request, 422, "RequestValidationError", "Field '" + field + "': Field required");
    }

    static Reply notFound(Request request, String details) {
        return Reply.refusal(request, 404, "Not_Found", details);
    }

    private static String template() {
        return "You have reached the daily usage limit. Please wait {{num}} hours before trying again.";
    }

    private static String wafPage() {
        StringBuilder page = new StringBuilder(1 << 14)
                .append("<!doctypehtml><html lang=\"zh-cn\"><head><meta charset=\"utf-8\">")
                .append("<meta name=\"aliyun_waf_aa\" content=\"")
                .append("0123456789abcdef".repeat(2))
                .append("\"><meta name=\"aliyun_waf_bb\" content=\"1\"><title>Access Verification</title></head><body>")
                .append("<div id=\"aliyun_waf_captcha\"></div><script>var filler=\"");
        while (page.length() < 16_000) {
            page.append("d2Fm");
        }
        return page.append("\"</script></body></html>").toString();
    }
}
