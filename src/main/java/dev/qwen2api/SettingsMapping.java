package dev.qwen2api;

import dev.qwen2api.account.CooldownPolicy;
import dev.qwen2api.account.RingLimits;
import dev.qwen2api.chat.AnswerPresentation;
import dev.qwen2api.chat.AnswerPresentation.SearchFormat;
import dev.qwen2api.chat.AnswerPresentation.ThinkFormat;
import dev.qwen2api.chat.ChatExecution;
import dev.qwen2api.chat.ModelDirectory;
import dev.qwen2api.chat.RequestTimeouts;
import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import dev.qwen2api.http.server.HttpLimits;
import dev.qwen2api.http.server.KeySet;
import dev.qwen2api.upstream.compatible.CliService;
import dev.qwen2api.upstream.qwen.WebChannel;
import java.time.Duration;
import java.util.List;

/** Converts the settings into the types of the packages that do not take them as they are. */
final class SettingsMapping {

    private static final Duration PROBE = Duration.ofMillis(500);

    private SettingsMapping() {}

    static CooldownPolicy cooldowns(Settings settings) {
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

    static ChatExecution.Rules rules(Settings settings) {
        return new ChatExecution.Rules(presentation(settings.output()), timing(settings.limits()));
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
                cooldowns(settings),
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

    static boolean switchesToolsOff(Settings settings) {
        return settings.upstream().nativeTools() == Settings.NativeTools.OFF;
    }

    static boolean deletesChats(Settings settings) {
        return settings.output().chatCleanup() == Settings.ChatCleanup.DELETE;
    }

    static WebChannel.Rules web(Settings settings) {
        Settings.Output output = settings.output();
        return new WebChannel.Rules(
                settings.upstream().promptMaxBytes(),
                output.chatReuse() == Settings.ChatReuse.AUTO ? output.chatReuseTime() : Duration.ZERO);
    }

    static KeySet keys(Settings settings) {
        KeySet keys =
                KeySet.of(settings.keys().api().stream().map(Secret::reveal).toList());
        return settings.keys()
                .admin()
                .map(admin -> keys.withAdmin(admin.reveal()))
                .orElse(keys);
    }

    static HttpLimits http(Settings settings) {
        Settings.Limits limits = settings.limits();
        return HttpLimits.of(limits.maxRequestBytes(), limits.maxRequests(), limits.shutdownGrace());
    }
}
