package dev.qwen2api.http.routes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.qwen2api.account.AccountStatus;
import dev.qwen2api.config.EnvReloader;
import dev.qwen2api.http.server.ManagementJson;
import dev.qwen2api.http.server.Routes;
import io.javalin.http.Context;
import io.javalin.router.JavalinDefaultRoutingApi;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Reloads {@code .env} on demand, and reports the state of its watcher and of the database. Thread-safe. */
public final class ConfigRoutes implements Routes {

    private static final String NOTHING_NEW = ".env says what is in force already";

    private final EnvReloader reloader;
    private final Supplier<List<AccountStatus>> accounts;
    private final DatabaseState database;

    /**
     * What the owner may know of the database.
     *
     * @param name of its file, without the folder
     * @param problem why it cannot be used at present; read at every request
     */
    public record DatabaseState(String name, Supplier<Optional<String>> problem) {}

    public ConfigRoutes(EnvReloader reloader, Supplier<List<AccountStatus>> accounts, DatabaseState database) {
        this.reloader = reloader;
        this.accounts = accounts;
        this.database = database;
    }

    @Override
    public void addTo(JavalinDefaultRoutingApi table) {
        table.post("/api/reloadConfig", this::reload, RouteAccess.ADMIN);
        Routes.read(table, "/api/configStatus", this::tell, RouteAccess.ADMIN);
    }

    private void reload(Context ctx) {
        EnvReloader.Result result = reloader.reload();
        EnvReloader.Status status = reloader.status();
        ManagementJson.send(ctx, 200, result.isChanged() ? reloaded(status) : unchanged(status, result));
    }

    private ObjectNode reloaded(EnvReloader.Status status) {
        ObjectNode answer = ManagementJson.success().put("message", "配置重载成功");
        ObjectNode data = answer.putObject("data").put("reloadedAt", ManagementJson.moment(status.lastReload()));
        data.set(
                "configStatus", watching(status).put("envPath", status.envPath().toString()));
        data.set("accountsHealth", HealthRoutes.totals(accounts.get()));
        return answer;
    }

    private static ObjectNode unchanged(EnvReloader.Status status, EnvReloader.Result result) {
        ObjectNode answer = ManagementJson.object().put("success", false).put("message", "配置无变化或重载失败");
        answer.putObject("data").set("configStatus", watching(status));
        return answer.put("reason", result.problem().orElse(NOTHING_NEW));
    }

    private static ObjectNode watching(EnvReloader.Status status) {
        return ManagementJson.object()
                .put("lastReload", ManagementJson.moment(status.lastReload()))
                .put("isWatching", status.isWatching());
    }

    private void tell(Context ctx) {
        EnvReloader.Status status = reloader.status();
        Optional<String> problem = database.problem().get();
        ObjectNode answer = ManagementJson.success();
        ObjectNode data = watching(status)
                .put("envPath", status.envPath().toString())
                .put("watcherActive", status.watcherActive())
                .put("lastProblem", status.lastProblem().orElse(null));
        data.putObject("database")
                .put("name", database.name())
                .put("ok", problem.isEmpty())
                .put("problem", problem.orElse(null));
        ManagementJson.send(ctx, 200, answer.set("data", data));
    }
}
