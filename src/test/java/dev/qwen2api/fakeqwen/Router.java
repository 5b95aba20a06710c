package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Completion.Outcome;
import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;

/** Finds out what a request wants, lets the faults strike, and hands it to its endpoint. */
final class Router {
    private final Map<Endpoint, Handler> handlers = new EnumMap<>(Endpoint.class);
    private final FakeOauth oauth;
    private final FaultPlan faults;
    private final Recorder recorder;

    Router(Parts parts) {
        this.oauth = parts.oauth();
        this.faults = parts.faults();
        this.recorder = parts.recorder();
        session(parts);
        chats(parts);
        files(parts);
        portal(parts);
    }

    private void session(Parts parts) {
        AuthEndpoint auth = new AuthEndpoint(parts);
        handlers.put(Endpoint.SIGN_IN, auth::signIn);
        handlers.put(Endpoint.SIGN_IN_V2, auth::signInByCookie);
        handlers.put(Endpoint.AUTHS, auth::whoAmI);
        handlers.put(Endpoint.REFRESH, auth::refresh);
        UsersEndpoint users = new UsersEndpoint(parts);
        handlers.put(Endpoint.STATUS, users::status);
        handlers.put(Endpoint.SETTINGS, users::settings);
        handlers.put(Endpoint.SETTINGS_UPDATE, users::update);
        handlers.put(Endpoint.MEMORIES_DELETE, users::forget);
    }

    private void chats(Parts parts) {
        ChatsEndpoint chats = new ChatsEndpoint(parts);
        handlers.put(Endpoint.CHATS_NEW, chats::create);
        handlers.put(Endpoint.CHAT_LIST, chats::list);
        handlers.put(Endpoint.CHAT_DETAIL, chats::detail);
        handlers.put(Endpoint.CHAT_DELETE, chats::delete);
        handlers.put(Endpoint.CHATS_WIPE, chats::wipe);
        handlers.put(Endpoint.STOP, chats::stop);
        CompletionsEndpoint completions = new CompletionsEndpoint(parts);
        handlers.put(Endpoint.COMPLETIONS, exchange -> completions.serve(exchange, exchange.completion()));
        handlers.put(Endpoint.MODELS, parts.models()::bare);
        handlers.put(Endpoint.MODELS_V2, parts.models()::enveloped);
    }

    private void files(Parts parts) {
        UploadsEndpoint uploads = new UploadsEndpoint(parts);
        handlers.put(Endpoint.STS_V1, uploads::flatTicket);
        handlers.put(Endpoint.STS_V2, uploads::ticket);
        handlers.put(Endpoint.PARSE, uploads::parse);
        handlers.put(Endpoint.PARSE_STATUS, uploads::parseStatus);
        handlers.put(Endpoint.OSS_PUT, uploads::put);
        handlers.put(Endpoint.OSS_GET, uploads::get);
        handlers.put(Endpoint.TASK_V1, parts.tasks()::flat);
        handlers.put(Endpoint.TASK_V2, parts.tasks()::enveloped);
        handlers.put(Endpoint.TASK_SINGULAR, parts.tasks()::enveloped);
        handlers.put(Endpoint.MEDIA, new MediaEndpoint()::serve);
    }

    private void portal(Parts parts) {
        OauthEndpoint oauth = new OauthEndpoint(parts);
        handlers.put(Endpoint.DEVICE_CODE, oauth::deviceCode);
        handlers.put(Endpoint.AUTHORIZE, oauth::authorize);
        handlers.put(Endpoint.OAUTH_TOKEN, oauth::token);
        PortalEndpoint portal = new PortalEndpoint(parts);
        handlers.put(Endpoint.PORTAL, portal::complete);
        handlers.put(Endpoint.PORTAL_MODELS, portal::models);
    }

    /** Serves one request; an exception means that the connection is over. */
    void serve(Request request, ConnectionInput in, Outlet out) throws IOException {
        Endpoint endpoint = Endpoint.of(request.method(), request.path());
        if (endpoint == Endpoint.PORTAL || endpoint == Endpoint.PORTAL_MODELS) {
            request.belongsTo(request.token().flatMap(oauth::owner));
        }
        Strike strike = faults.strike(endpoint, request);
        recorder.saw(request);
        Exchange exchange = new Exchange(request, strike, in, out);
        if (!endpoint.answers()) {
            serve(endpoint, exchange);
            return;
        }
        Completion completion = recorder.began(request);
        exchange.belongsTo(completion);
        try {
            serve(endpoint, exchange);
        } catch (ClientGone gone) {
            completion.ended(Outcome.CLIENT_CLOSED);
            throw gone;
        } catch (IOException cut) {
            completion.ended(Outcome.CUT);
            throw cut;
        }
    }

    private void serve(Endpoint endpoint, Exchange exchange) throws IOException {
        Fault.Effect instead = exchange.strike().instead().orElse(new Fault.Effect.Pass());
        if (instead instanceof Fault.Effect.Say say) {
            exchange.reply(say.reply().apply(exchange.request()));
        } else if (instead instanceof Fault.Effect.Hang) {
            exchange.stall(() -> false);
        } else if (instead instanceof Fault.Effect.Break) {
            exchange.reset();
        } else {
            handlers.getOrDefault(endpoint, Router::unknown).serve(exchange);
        }
    }

    private static void unknown(Exchange exchange) throws IOException {
        exchange.reply(Reply.json("{\"detail\":\"Not Found\"}").status(404));
    }
}
