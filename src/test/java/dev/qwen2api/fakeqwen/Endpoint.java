package dev.qwen2api.fakeqwen;

import java.util.HashMap;
import java.util.Map;

/** The routes of the service. A trailing slash of the path makes no difference. */
public enum Endpoint {
    /** Sign-in with e-mail and password hash. */
    SIGN_IN("POST", "/api/v1/auths/signin"),
    /** Sign-in whose token comes as a cookie only. */
    SIGN_IN_V2("POST", "/api/v2/auths/signin"),
    /** Whose token is this? */
    AUTHS("GET", "/api/v1/auths"),
    /** Renewal of a 15-minute token with the {@code refresh_token} cookie (auth host). */
    REFRESH("GET", "/api/v2/auths/refresh"),
    /** Model list, bare. */
    MODELS("GET", "/api/models"),
    /** Model list in the envelope. */
    MODELS_V2("GET", "/api/v2/models"),
    /** Opens a chat. */
    CHATS_NEW("POST", "/api/v2/chats/new"),
    /** Lists the chats of an account. */
    CHAT_LIST("GET", "/api/v2/chats"),
    /** Deletes every chat of an account. */
    CHATS_WIPE("DELETE", "/api/v2/chats"),
    /** One chat with its messages. */
    CHAT_DETAIL("GET", "/api/v2/chats/*"),
    /** Deletes one chat. */
    CHAT_DELETE("DELETE", "/api/v2/chats/*"),
    /** The answer stream. */
    COMPLETIONS("POST", "/api/v2/chat/completions"),
    /** Ends a running generation. */
    STOP("POST", "/api/v2/chat/completions/stop"),
    /** Account settings. */
    SETTINGS_UPDATE("POST", "/api/v2/users/user/settings/update"),
    /** Account settings. */
    SETTINGS("GET", "/api/v2/users/user/settings"),
    /** Heartbeat of the page. */
    STATUS("POST", "/api/v2/users/status"),
    /** Forgets what the account's memory holds. */
    MEMORIES_DELETE("POST", "/api/v2/memories/delete"),
    /** Upload ticket, flat body. */
    STS_V1("POST", "/api/v1/files/getstsToken"),
    /** Upload ticket in the envelope. */
    STS_V2("POST", "/api/v2/files/getstsToken"),
    /** Starts the parsing of a document. */
    PARSE("POST", "/api/v2/files/parse"),
    /** How far the parsing is. */
    PARSE_STATUS("POST", "/api/v2/files/parse/status"),
    /** Video task, flat body. */
    TASK_V1("GET", "/api/v1/tasks/status/*"),
    /** Video task in the envelope. */
    TASK_V2("GET", "/api/v2/tasks/status/*"),
    /** Video task in the envelope, newest path. */
    TASK_SINGULAR("GET", "/api/v2/task/status/*"),
    /** Generated pictures and clips (media host). */
    MEDIA("GET", "/output/*"),
    /** OAuth device flow: start. */
    DEVICE_CODE("POST", "/api/v1/oauth2/device/code"),
    /** OAuth device flow: approval by the signed-in owner. */
    AUTHORIZE("POST", "/api/v2/oauth2/authorize"),
    /** OAuth tokens: poll and refresh. */
    OAUTH_TOKEN("POST", "/api/v1/oauth2/token"),
    /** The OpenAI-compatible model API of the portal host. */
    PORTAL("POST", "/v1/chat/completions"),
    /** Model list of the portal host. */
    PORTAL_MODELS("GET", "/v1/models"),
    /** Upload of a file (storage host). */
    OSS_PUT("PUT", "/*"),
    /** Presigned download of a file (storage host). */
    OSS_GET("GET", "/*"),
    /** Anything else. */
    UNKNOWN("", "");

    private static final Map<String, Endpoint> BY_ROUTE = byRoute();

    private final String route;

    Endpoint(String method, String path) {
        this.route = method + " " + path;
    }

    /** The route of a request; a path under {@code /api/} that is not listed is {@link #UNKNOWN}. */
    public static Endpoint of(String method, String path) {
        String clean = path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        Endpoint exact = BY_ROUTE.get(method + " " + clean);
        if (exact != null) {
            return exact;
        }
        String parent = clean.substring(0, Math.max(0, clean.lastIndexOf('/')));
        Endpoint under = BY_ROUTE.get(method + " " + parent + "/*");
        if (under != null) {
            return under;
        }
        if (clean.startsWith("/output/") && method.equals("GET")) {
            return MEDIA;
        }
        return clean.startsWith("/api/") ? UNKNOWN : BY_ROUTE.getOrDefault(method + " /*", UNKNOWN);
    }

    /** Whether it generates an answer. */
    boolean answers() {
        return this == COMPLETIONS || this == PORTAL;
    }

    private static Map<String, Endpoint> byRoute() {
        Map<String, Endpoint> routes = new HashMap<>();
        for (Endpoint endpoint : values()) {
            routes.put(endpoint.route, endpoint);
        }
        return Map.copyOf(routes);
    }
}
