package dev.qwen2api.fakeqwen;

import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.qwen2api.fakeqwen.FakeModel.Trait;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The catalogue, which shrinks and grows at run time as the real one does. Without a living session it shows three
 * models (13 row 12, 2026-09). Safe for use by several threads.
 */
public final class FakeModels {
    private final FakeAccounts accounts;
    private final List<FakeModel> models = new CopyOnWriteArrayList<>(List.of(
            FakeModel.of("qwen3.7-plus", Trait.VISION, Trait.THINKING, Trait.SEARCH),
            FakeModel.of("qwen3.7-max", Trait.THINKING),
            FakeModel.of("qwen3.8-max-preview", Trait.VISION, Trait.MUST_THINK, Trait.SEARCH, Trait.SIGNED_IN)
                    .limits(1_000_000, 131_072),
            FakeModel.of("qwen3.5-flash", Trait.VISION, Trait.THINKING, Trait.SEARCH),
            FakeModel.of("qwen3-coder-plus", Trait.SIGNED_IN).limits(1_048_576, 65_536),
            FakeModel.of("qwen3-235b-a22b", Trait.VISION, Trait.THINKING, Trait.SEARCH, Trait.SIGNED_IN)
                    .limits(131_072, 8_192)));

    FakeModels(FakeAccounts accounts) {
        this.accounts = accounts;
    }

    /** Adds a model at the end. */
    public void add(FakeModel model) {
        models.add(model);
    }

    /** Takes a model off the list; asking it is "Model not found" from then on. */
    public void retire(String id) {
        models.removeIf(model -> model.id().equals(id));
    }

    /** The ids in order, as a living session is shown them. */
    public List<String> ids() {
        return models.stream().map(FakeModel::id).toList();
    }

    /** The ids in order, as anyone is shown them. */
    public List<String> openIds() {
        return models.stream()
                .filter(model -> !model.has(Trait.SIGNED_IN))
                .map(FakeModel::id)
                .toList();
    }

    boolean knows(String id) {
        return models.stream().anyMatch(model -> model.id().equals(id));
    }

    boolean mustThink(String id) {
        return models.stream().anyMatch(model -> model.id().equals(id) && model.has(Trait.MUST_THINK));
    }

    void bare(Exchange exchange) throws IOException {
        exchange.reply(Reply.json(list(exchange.request())));
    }

    void enveloped(Exchange exchange) throws IOException {
        exchange.reply(Reply.success(exchange.request(), list(exchange.request())));
    }

    private String list(Request request) {
        boolean signedIn = accounts.standing(request) == FakeAccounts.Standing.ALIVE;
        ArrayNode list = Json.array();
        models.stream()
                .filter(model -> signedIn || !model.has(Trait.SIGNED_IN))
                .forEach(model -> list.add(model.json()));
        return "{\"data\":" + list + "}";
    }
}
