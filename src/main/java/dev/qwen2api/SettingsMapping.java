package dev.qwen2api;

import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.chat.AnswerPresentation;
import dev.qwen2api.chat.ChatService;
import dev.qwen2api.chat.ModelDirectory;
import dev.qwen2api.chat.RequestTimeouts;
import dev.qwen2api.chat.SearchFormat;
import dev.qwen2api.chat.ThinkFormat;
import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import dev.qwen2api.http.server.HttpLimits;
import dev.qwen2api.http.server.KeySet;
import dev.qwen2api.ops.Logs.FileLog;
import dev.qwen2api.upstream.compatible.CliService;
import dev.qwen2api.upstream.qwen.HeaderSettings;
import dev.qwen2api.upstream.qwen.UpstreamSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/** Cuts the settings into the pieces that the classes take: each is handed what concerns it, and nothing else. Pure. */
final class SettingsMapping {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PROBE = Duration.ofMillis(500);

    /** Most bytes of all attachments of all running requests. */
    static final long SPOOL_ROOM = 2L << 30;

    private SettingsMapping() {}

    static CooldownPolicy rests(Settings settings) {
        return CooldownPolicy.of(
                settings.accounts().maxFailures(), settings.accounts().cooldown());
    }

    static RingLimits ring(Settings settings) {
        return new RingLimits(
                settings.accounts().maxConcurrent(), settings.accounts().minGap());
    }

    static List<String> cookies(Settings settings) {
        return settings.accounts().cookies().stream().map(Secret::reveal).toList();
    }

    static ChatService.Rules rules(Settings settings) {
        return new ChatService.Rules(presentation(settings.output()), timing(settings.limits()));
    }

    private static RequestTimeouts timing(Settings.Limits limits) {
        return new RequestTimeouts(limits.queueWait(), limits.firstByte(), limits.idle(), limits.heartbeat(), PROBE);
    }

    static CliService.Rules cli(Settings settings) {
        Settings.Cli cli = settings.cli();
        return new CliService.Rules(
                cli.baseUrl(),
                cli.apiKey().map(Secret::reveal),
                cli.fallback() == Settings.CliFallback.WEB,
                names(settings),
                rules(settings),
                rests(settings),
                cli.dailyLimit());
    }

    private static AnswerPresentation presentation(Settings.Output output) {
        ThinkFormat shown = switch (output.thinkFormat()) {
            case FIELD -> ThinkFormat.FIELD;
            case TAGS -> ThinkFormat.TAGS;
        };
        SearchFormat search = switch (output.searchInfo()) {
            case TABLE -> SearchFormat.TABLE;
            case LIST -> SearchFormat.LIST;
        };
        return new AnswerPresentation(output.think() ? shown : ThinkFormat.HIDDEN, search);
    }

    static ModelDirectory.Names names(Settings settings) {
        return new ModelDirectory.Names(
                settings.models().aliases(), settings.models().simpleList());
    }

    static UpstreamSettings upstream(Settings settings) {
        Settings.Upstream upstream = settings.upstream();
        var extra = new LinkedHashMap<String, String>();
        upstream.headers().extra().forEach((name, value) -> extra.put(name, value.reveal()));
        return new UpstreamSettings(
                upstream.chatUrl(),
                upstream.authUrl(),
                new HeaderSettings(
                        upstream.headers().userAgent(), upstream.headers().webVersion(), extra),
                upstream.proxy().map(SettingsMapping::proxy),
                CONNECT_TIMEOUT);
    }

    private static UpstreamSettings.Proxy proxy(Settings.Proxy proxy) {
        return new UpstreamSettings.Proxy(
                proxy.host(),
                proxy.port(),
                proxy.login()
                        .map(login -> new UpstreamSettings.Login(
                                login.user(), login.password().reveal())));
    }

    /** Beside the database: where there is room for data. */
    static Path spools(Settings settings) {
        return settings.database().resolveSibling("attachments");
    }

    static boolean deletesChats(Settings settings) {
        return settings.output().chatCleanup() == Settings.ChatCleanup.DELETE;
    }

    static KeySet keys(Settings settings) {
        KeySet keys =
                KeySet.of(settings.keys().api().stream().map(Secret::reveal).toList());
        return settings.keys()
                .admin()
                .map(admin -> keys.withAdmin(admin.reveal()))
                .orElse(keys);
    }

    /** The name of a file without its folder, which is nobody's business but the owner's. */
    static String fileName(Path path) {
        return Optional.ofNullable(path.getFileName()).orElse(path).toString();
    }

    static HttpLimits http(Settings settings) {
        Settings.Limits limits = settings.limits();
        return HttpLimits.of(limits.maxRequestBytes(), limits.maxRequests(), limits.shutdownGrace());
    }

    static Optional<FileLog> fileLog(Settings settings) {
        Settings.Logs logs = settings.logs();
        return logs.toFile()
                ? Optional.of(new FileLog(logs.directory(), logs.maxFileBytes(), logs.maxFiles()))
                : Optional.empty();
    }
}
