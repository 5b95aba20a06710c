package dev.qwen2api.chat;

import dev.qwen2api.config.SimilarNames;
import dev.qwen2api.failure.Problem;
import dev.qwen2api.failure.ProblemKind;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Supplier;

/** Resolves model names: the owner's map, the stable names, the catalogue, and the suffixes on each. Thread-safe. */
public final class ModelDirectory {

    private static final Instant ALIASES_SINCE = Instant.ofEpochSecond(1_719_878_112);

    private final ModelCatalogue catalogue;
    private volatile Names names;

    /** The models that the upstream offers. Thread-safe. */
    public interface ModelCatalogue {

        /**
         * Returns the active models in the upstream's order, from memory while that is fresh. Empty when none was ever
         * seen and the upstream cannot be asked.
         */
        List<Model> models();

        /** Asks the upstream now, unless that was done a moment ago; returns what is known afterwards. */
        List<Model> refresh();
    }

    /**
     * What the owner configured about names.
     *
     * @param map client name to Qwen name; a client name that ends in {@code *} stands for all names that begin so
     *     and mean nothing else
     * @param simple whether listings leave out the variants with suffixes
     */
    public record Names(Map<String, String> map, boolean simple) {

        private static final String ANY = "*";

        public Names {
            map = Map.copyOf(map);
        }

        /** The name that {@code name} stands for in the map; itself where the map does not have it. */
        public String resolve(String name) {
            return map.getOrDefault(name, byBeginning(name).orElse(name));
        }

        /** What the longest beginning of {@code name} in the map stands for; a suffix is carried over. */
        private Optional<String> byBeginning(String name) {
            return map.entrySet().stream()
                    .filter(entry -> isBeginning(entry.getKey())
                            && name.startsWith(
                                    entry.getKey().substring(0, entry.getKey().length() - 1)))
                    .max(Comparator.comparingInt(entry -> entry.getKey().length()))
                    .map(entry -> entry.getValue() + suffix(name));
        }

        private static String suffix(String name) {
            return ModelName.parse(name).map(parsed -> parsed.suffix().text()).orElse("");
        }

        private static boolean isBeginning(String name) {
            return name.endsWith(ANY);
        }
    }

    /** A line of the list of models. */
    public record Listing(String id, Instant created, Model.TokenLimits limits) {

        /** The line of a model of unknown limits. */
        public Listing(String id, Instant created) {
            this(id, created, Model.TokenLimits.UNKNOWN);
        }
    }

    /** A name with its suffix taken off and looked up. */
    private record Found(Model model, Optional<ModelName.Suffix> suffix) {}

    public ModelDirectory(ModelCatalogue catalogue, Names names) {
        this.catalogue = catalogue;
        this.names = names;
    }

    public void apply(Names next) {
        names = next;
    }

    /** Everything that can be asked for by name, without doubles. Of the map, the names that are no prefix. */
    public List<Listing> list() {
        List<Model> models = catalogue.models();
        Names current = names;
        var listed = new LinkedHashMap<String, Listing>();
        for (ModelClass lasting : ModelClass.values()) {
            add(listed, lasting.alias(), ALIASES_SINCE, best(lasting, models));
        }
        models.forEach(model -> add(listed, model.id(), model.created(), Optional.of(model)));
        current.map().keySet().stream()
                .filter(name -> !Names.isBeginning(name))
                .sorted()
                .forEach(name ->
                        add(listed, name, ALIASES_SINCE, find(name, models).map(Found::model)));
        if (!current.simple()) {
            for (ModelClass lasting : ModelClass.values()) {
                best(lasting, models).ifPresent(model -> variants(lasting.alias(), ALIASES_SINCE, model, listed));
            }
            models.forEach(model -> variants(model.id(), model.created(), model, listed));
            if (models.stream().anyMatch(ModelName.Suffix.IMAGE::suits)) {
                PictureModel.KNOWN.forEach(name -> add(listed, name, ALIASES_SINCE, Optional.empty()));
            }
        }
        return List.copyOf(listed.values());
    }

    private static Optional<Model> best(ModelClass lasting, List<Model> models) {
        String id = lasting.best(models);
        return models.stream().filter(model -> model.id().equals(id)).findFirst();
    }

    private static void add(Map<String, Listing> listed, String name, Instant created, Optional<Model> model) {
        listed.putIfAbsent(
                name, new Listing(name, created, model.map(Model::limits).orElse(Model.TokenLimits.UNKNOWN)));
    }

    private static void variants(String name, Instant created, Model model, Map<String, Listing> listed) {
        for (ModelName.Suffix suffix : ModelName.Suffix.values()) {
            if (suffix.suits(model)) {
                add(listed, name + suffix.text(), created, Optional.of(model));
            }
        }
    }

    /** The line of a listed name, or of one that the map takes by a prefix. */
    public Optional<Listing> listing(String name) {
        Optional<Listing> listed =
                list().stream().filter(line -> line.id().equals(name)).findFirst();
        return listed.isPresent() || names.byBeginning(name).isEmpty()
                ? listed
                : find(name, catalogue.models())
                        .map(found ->
                                new Listing(name, ALIASES_SINCE, found.model().limits()));
    }

    /**
     * Makes every choice about a conversation that its model's name and options decide.
     *
     * @throws dev.qwen2api.failure.ProblemException when the name means nothing, or the wish cannot be met
     */
    public ResolvedConversation question(Conversation conversation) {
        Optional<PictureModel> drawing = pictureModel(conversation.model());
        return drawing.isPresent() ? drawn(conversation, drawing.get()) : answered(conversation);
    }

    private Optional<PictureModel> pictureModel(String name) {
        return PictureModel.parse(mapped(name))
                .or(() -> names.byBeginning(name)
                        .flatMap(PictureModel::parse)
                        .filter(meant -> known(name, catalogue.models()).isEmpty()));
    }

    /** Any model of the catalogue carries a request whose picture another model draws (13 row 13, 2026-09). */
    private ResolvedConversation drawn(Conversation conversation, PictureModel drawing) {
        ChatType type = drawing.type(conversation);
        ImagePrompt imagePrompt = ImagePrompt.of(conversation, type);
        Optional<String> ratio = size(conversation.options()).or(imagePrompt::ratio);
        return new ResolvedConversation(
                drawing.choosesSize() ? imagePrompt.saying(ratio) : imagePrompt.conversation(),
                ModelClass.MAX.best(catalogue.models()),
                type,
                false,
                OptionalInt.empty(),
                drawing.choosesSize() ? Optional.of("auto") : ratio,
                Optional.of(drawing.name()),
                "");
    }

    private ResolvedConversation answered(Conversation conversation) {
        Found found = find(conversation.model());
        Conversation.Options options = conversation.options();
        ChatType type = options.chatType()
                .or(() -> found.suffix().map(ModelName.Suffix::type))
                .orElse(ChatType.TEXT);
        boolean wanted = options.thinking()
                .orElse(found.suffix().map(ModelName.Suffix::thinking).orElse(false));
        Model model = found.model();
        boolean thinking = model.thinking() && (wanted || !model.thinkingOptional());
        ImagePrompt imagePrompt = ImagePrompt.of(conversation, type);
        return new ResolvedConversation(
                imagePrompt.conversation(),
                model.id(),
                type,
                thinking,
                options.thinkingBudget(),
                size(options).or(imagePrompt::ratio));
    }

    private static Optional<String> size(Conversation.Options options) {
        return options.size().filter(size -> !size.equals("auto")).map(ModelDirectory::ratio);
    }

    private static String ratio(String size) {
        return AspectRatio.nearest(size)
                .map(AspectRatio::wire)
                .orElseThrow(() -> Problem.invalid(
                                "size",
                                "'size' must be a ratio (" + AspectRatio.all() + ") or pixels such as 1024x1024.")
                        .toException());
    }

    private Found find(String name) {
        List<Model> models = catalogue.models();
        return find(name, models)
                .or(() -> find(name, catalogue.refresh()))
                .orElseThrow(() -> unknown(name, models).toException());
    }

    /**
     * Without a catalogue every name could be a model's: the owner's word for names of its beginning is then the
     * better guess.
     */
    private Optional<Found> find(String name, List<Model> models) {
        Supplier<Optional<Found>> meant = () -> names.byBeginning(name).flatMap(other -> known(other, models));
        return models.isEmpty()
                ? meant.get().or(() -> known(name, models))
                : known(name, models).or(meant);
    }

    /** A name is tried as it stands, then without its suffix; the owner's map is asked before each try. */
    private Optional<Found> known(String name, List<Model> models) {
        String mapped = mapped(name);
        return ModelName.parse(mapped)
                .filter(parsed -> models.stream().noneMatch(model -> model.id().equals(mapped)))
                .flatMap(parsed -> listed(mapped(parsed.base()), models)
                        .map(model -> new Found(model, Optional.of(parsed.suffix()))))
                .or(() -> listed(mapped, models).map(model -> new Found(model, Optional.empty())));
    }

    private String mapped(String name) {
        return names.map().getOrDefault(name, name);
    }

    private static Optional<Model> listed(String name, List<Model> models) {
        String id =
                ModelClass.ofAlias(name).map(lasting -> lasting.best(models)).orElse(name);
        return models.isEmpty()
                ? Optional.of(unlisted(id))
                : models.stream().filter(model -> model.id().equals(id)).findFirst();
    }

    /** Stands in while no catalogue is known: the upstream itself then judges the name. */
    private static Model unlisted(String id) {
        return new Model(id, ALIASES_SINCE, true, true, true, Set.of());
    }

    private Problem unknown(String name, List<Model> models) {
        List<String> known = list().stream().map(Listing::id).toList();
        String nearest = String.join(", ", SimilarNames.of(name, known, 3));
        return Problem.of(
                ProblemKind.MODEL_NOT_FOUND,
                "model",
                "The model '" + shortened(name) + "' does not exist. Nearest: " + nearest
                        + ". GET /v1/models lists all " + models.size()
                        + " and their variants; MODEL_MAP in the gateway's .env can let one answer to this name.");
    }

    private static String shortened(String name) {
        return name.length() <= 80 ? name : name.substring(0, 80) + "…";
    }
}
