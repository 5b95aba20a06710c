package dev.qwen2api;

import dev.qwen2api.account.AccountId;
import dev.qwen2api.account.AccountRegistry;
import dev.qwen2api.account.AccountRing;
import dev.qwen2api.account.CliStatus;
import dev.qwen2api.account.UsageRecorder;
import dev.qwen2api.api.anthropic.AnthropicErrors;
import dev.qwen2api.api.anthropic.AnthropicModels;
import dev.qwen2api.api.gemini.GeminiErrors;
import dev.qwen2api.api.gemini.GeminiModels;
import dev.qwen2api.api.openai.ChatCodec;
import dev.qwen2api.api.openai.ErrorCodec;
import dev.qwen2api.api.openai.ModelsCodec;
import dev.qwen2api.api.openai.TextCompletionCodec;
import dev.qwen2api.api.openai.responses.ResponseCache;
import dev.qwen2api.chat.ModelDirectory;
import dev.qwen2api.chat.video.VideoStudio;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.http.routes.AccountRoutes;
import dev.qwen2api.http.routes.ChatEndpoint;
import dev.qwen2api.http.routes.CliRoutes;
import dev.qwen2api.http.routes.ConfigRoutes;
import dev.qwen2api.http.routes.CookieRoute;
import dev.qwen2api.http.routes.Dashboard;
import dev.qwen2api.http.routes.GeminiRoutes;
import dev.qwen2api.http.routes.HealthRoutes;
import dev.qwen2api.http.routes.ImagesRoutes;
import dev.qwen2api.http.routes.MessagesRoutes;
import dev.qwen2api.http.routes.ModelsRoutes;
import dev.qwen2api.http.routes.ResponsesRoutes;
import dev.qwen2api.http.routes.UsageRoutes;
import dev.qwen2api.http.routes.VerifyRoute;
import dev.qwen2api.http.routes.VideosRoutes;
import dev.qwen2api.http.server.Dialects;
import dev.qwen2api.http.server.ManagementJson;
import dev.qwen2api.http.server.RouteSupport;
import dev.qwen2api.http.server.Routes;
import dev.qwen2api.media.SpoolingAttachmentResolver;
import dev.qwen2api.upstream.compatible.CliService;
import dev.qwen2api.upstream.qwen.ServiceProbe;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;

/** The routes for clients in every dialect over both channels, and those of the management API. */
final class RouteTable {

    /** At most 16 MB of heap. */
    private static final ResponseCache.Capacity RESPONSES = new ResponseCache.Capacity(500, 8_000_000);

    /** The time limit of the check of an account before it is added. */
    private static final Duration ADDITION_CHECK = Duration.ofSeconds(5);

    private final RouteSupport support;
    private final ChatEndpoint.Answerer web;
    private final ChatEndpoint.Answerer cli;
    private final ModelDirectory models;
    private final Clock clock;

    RouteTable(
            RouteSupport support,
            ChatEndpoint.Answerer web,
            ChatEndpoint.Answerer cli,
            ModelDirectory models,
            Clock clock) {
        this.support = support;
        this.web = web;
        this.cli = cli;
        this.models = models;
        this.clock = clock;
    }

    /** The formats of errors, by path and by the headers of clients. */
    static Dialects dialects() {
        var anthropic = new AnthropicErrors();
        var gemini = new GeminiErrors();
        return new Dialects(
                new ErrorCodec(),
                Map.of(
                        "/verify",
                        VerifyRoute::print,
                        "/api/",
                        ManagementJson::print,
                        "/cli/",
                        CliRoutes::print,
                        CliRoutes.PREFIX + MessagesRoutes.PREFIX,
                        anthropic,
                        MessagesRoutes.PREFIX,
                        anthropic,
                        GeminiRoutes.PREFIX,
                        gemini),
                Map.of(MessagesRoutes.CLIENT_HEADER, anthropic, GeminiRoutes.CLIENT_HEADER, gemini));
    }

    List<Routes> chat() {
        var chat = new ChatEndpoint(support, web);
        var cliChat = new ChatEndpoint(support, cli);
        var codec = new ChatCodec(clock);
        var text = new TextCompletionCodec(clock);
        var cache = new ResponseCache(RESPONSES);
        return List.of(
                new Dashboard(),
                new ModelsRoutes(
                        models::list, models::listing, new ModelsCodec(), new AnthropicModels(), new GeminiModels()),
                chat.at("/v1/chat/completions", codec),
                chat.at("/v1/completions", text),
                new ResponsesRoutes("", chat, cache, clock),
                new MessagesRoutes("", chat),
                new GeminiRoutes(chat),
                cliChat.at(CliRoutes.PREFIX + "/v1/chat/completions", codec),
                cliChat.at(CliRoutes.PREFIX + "/v1/completions", text),
                new ResponsesRoutes(CliRoutes.PREFIX, cliChat, cache, clock),
                new MessagesRoutes(CliRoutes.PREFIX, cliChat),
                new CliRoutes(CliService.models()));
    }

    List<Routes> media(SpoolingAttachmentResolver attachments, VideoStudio studio, Executor threads) {
        var drawing = new ImagesRoutes.Dependencies(web, attachments, attachments);
        return List.of(
                new ImagesRoutes(support, drawing, threads, clock),
                new VideosRoutes(support, studio, attachments, attachments));
    }

    /** The parts of the gateway that the management API reads and changes. */
    record Managed(
            AccountRegistry accounts,
            AccountRing ring,
            UsageRecorder usage,
            Function<AccountId, CliStatus> cli,
            ServiceProbe probe,
            EnvReloader reloader,
            ConfigRoutes.DatabaseState database) {}

    List<Routes> management(Managed managed) {
        AccountRegistry accounts = managed.accounts();
        AccountRing ring = managed.ring();
        EnvReloader reloader = managed.reloader();
        return List.of(
                new AccountRoutes(
                        support, accounts, ring, account -> managed.probe().session(account, ADDITION_CHECK), clock),
                new CookieRoute(support, accounts, reloader, clock.getZone()),
                new HealthRoutes(ring, managed.usage(), managed.cli(), clock),
                new ConfigRoutes(reloader, ring::statuses, managed.database()),
                new UsageRoutes(managed.usage()));
    }
}
