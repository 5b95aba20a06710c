package dev.qwen2api.chat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.chat.Conversation.Options;
import dev.qwen2api.chat.Conversation.ToolChoice;
import dev.qwen2api.chat.ModelDirectory.ModelCatalogue;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.failure.ProblemKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelDirectoryTest {

    private static final Set<String> ALL_TYPES = Set.of("t2t", "search", "t2i", "image_edit", "t2v");
    private static final List<Model> MODELS = List.of(
            model("qwen3.8-max-preview", false),
            model("qwen3.7-max", true),
            model("qwen3.7-plus", true),
            model("qwen3.6-plus", true),
            model("qwen3.5-flash", true),
            model("qwen3-vl-thinking", true));

    private static Model model(String id, boolean thinkingOptional) {
        return new Model(id, Instant.EPOCH, true, thinkingOptional, true, ALL_TYPES);
    }

    private static ModelDirectory directory(List<Model> before, List<Model> after, boolean simple) {
        var catalogue = new ModelCatalogue() {
            @Override
            public List<Model> models() {
                return before;
            }

            @Override
            public List<Model> refresh() {
                return after;
            }
        };
        var map = Map.of(
                "gpt-4o", "qwen3.7-plus",
                "o3", "qwen-max-thinking",
                "claude-*", "qwen-max",
                "claude-haiku-*", "qwen-turbo",
                "qwen9-*", "qwen-turbo");
        return new ModelDirectory(catalogue, new ModelDirectory.Names(map, simple));
    }

    private static ResolvedConversation ask(String model, Options options) {
        return directory(MODELS, MODELS, false).question(conversation(model, options));
    }

    private static Conversation conversation(String model, Options options) {
        return new Conversation(
                model, List.of(Message.of(Message.Role.USER, "hi")), List.of(), ToolChoice.AUTO, options);
    }

    @ParameterizedTest
    @CsvSource({
        "qwen3.7-plus,                 qwen3.7-plus,        TEXT,       false",
        "qwen3.7-plus-thinking,        qwen3.7-plus,        TEXT,       true",
        "qwen3.7-plus-search,          qwen3.7-plus,        SEARCH,     false",
        "qwen3.7-plus-thinking-search, qwen3.7-plus,        SEARCH,     true",
        "qwen3.7-plus-image,           qwen3.7-plus,        IMAGE,      false",
        "qwen3-vl-thinking,            qwen3-vl-thinking,   TEXT,       false",
        "qwen3-vl-thinking-thinking,   qwen3-vl-thinking,   TEXT,       true",
        "qwen3.8-max-preview,          qwen3.8-max-preview, TEXT,       true",
        "qwen-max,                     qwen3.7-max,         TEXT,       false",
        "qwen-plus-search,             qwen3.7-plus,        SEARCH,     false",
        "qwen-turbo,                   qwen3.5-flash,       TEXT,       false",
        "gpt-4o,                       qwen3.7-plus,        TEXT,       false",
        "gpt-4o-thinking,              qwen3.7-plus,        TEXT,       true",
        "o3,                           qwen3.7-max,         TEXT,       true",
        "claude-sonnet-5-20260101,     qwen3.7-max,         TEXT,       false",
        "claude-haiku-5,               qwen3.5-flash,       TEXT,       false",
        "claude-opus-5-thinking,       qwen3.7-max,         TEXT,       true",
        "qwen9-unheard-of,             qwen3.5-flash,       TEXT,       false",
    })
    void a_name_says_model_kind_and_thinking(String name, String model, ChatType type, boolean thinking) {
        ResolvedConversation resolvedConversation = ask(name, Options.NONE);
        assertEquals(model, resolvedConversation.model());
        assertEquals(type, resolvedConversation.type());
        assertEquals(thinking, resolvedConversation.thinking());
    }

    @Test
    void the_body_wins_over_the_suffix() {
        var options = new Options(
                Optional.of(ChatType.TEXT),
                Optional.of(false),
                OptionalInt.of(5),
                Optional.empty(),
                List.of(),
                OptionalInt.empty(),
                Conversation.AnswerFormat.TEXT);
        ResolvedConversation resolvedConversation = ask("qwen3.7-plus-thinking-search", options);
        assertEquals(ChatType.TEXT, resolvedConversation.type());
        assertFalse(resolvedConversation.thinking());
    }

    @Test
    void an_unknown_name_refreshes_the_catalogue_once_and_then_names_the_nearest() {
        var found = directory(MODELS, List.of(model("new9", true)), false).question(conversation("new9", Options.NONE));
        assertEquals("new9", found.model());

        var refused = assertThrows(ProblemException.class, () -> ask("wen3.7-plus", Options.NONE));
        assertEquals(ProblemKind.MODEL_NOT_FOUND, refused.problem().kind());
        assertTrue(
                refused.problem().message().contains("qwen3.7-plus,"),
                refused.problem().message());
        assertTrue(refused.problem().message().contains("MODEL_MAP"), refused.getMessage());
    }

    @Test
    void without_a_catalogue_the_upstream_judges_the_name() {
        var directory = directory(List.of(), List.of(), false);
        assertEquals(
                "qwen3.7-max",
                directory.question(conversation("qwen-max", Options.NONE)).model());
        ResolvedConversation resolvedConversation = directory.question(conversation("qwen5-x-thinking", Options.NONE));
        assertEquals("qwen5-x", resolvedConversation.model());
        assertTrue(resolvedConversation.thinking());
    }

    @Test
    void without_a_catalogue_the_owners_word_for_a_beginning_counts() {
        ResolvedConversation resolvedConversation =
                directory(List.of(), List.of(), false).question(conversation("claude-opus-5-thinking", Options.NONE));
        assertEquals("qwen3.7-max", resolvedConversation.model());
        assertTrue(resolvedConversation.thinking());
    }

    @Test
    void the_list_begins_with_the_lasting_names_and_holds_variants_unless_it_is_simple() {
        List<String> full = ids(directory(MODELS, MODELS, false));
        List<String> simple = ids(directory(MODELS, MODELS, true));

        assertEquals(List.of("qwen-max", "qwen-plus", "qwen-turbo", "qwen3.8-max-preview"), full.subList(0, 4));
        assertTrue(full.contains("qwen3.7-plus-thinking-search"));
        assertTrue(
                full.containsAll(List.of("qwen-max-thinking", "qwen-plus-search", "qwen-turbo-image")),
                full.toString());
        assertFalse(simple.contains("qwen-max-thinking"));
        assertTrue(simple.contains("gpt-4o"));
        assertEquals(List.of(), full.stream().filter(id -> id.contains("*")).toList());
        assertFalse(simple.contains("qwen3.7-plus-thinking"));
        assertEquals(full.size(), Set.copyOf(full).size(), "no name twice");
    }

    @ParameterizedTest
    @CsvSource({"qwen-max", "gpt-4o", "claude-opus-5", "claude-haiku-4-thinking", "qwen-max-thinking"})
    void every_name_that_is_listed_or_mapped_has_a_line(String name) {
        assertEquals(
                name,
                directory(MODELS, MODELS, false).listing(name).orElseThrow().id());
    }

    @Test
    void other_names_have_no_line() {
        assertEquals(Optional.empty(), directory(MODELS, MODELS, false).listing("gpt-9"));
        assertEquals(Optional.empty(), directory(List.of(), List.of(), false).listing("gpt-9"));
    }

    private static List<String> ids(ModelDirectory directory) {
        return directory.list().stream().map(ModelDirectory.Listing::id).toList();
    }

    @ParameterizedTest
    @CsvSource({"qwen3.7-plus-video, VIDEO", "qwen3.7-plus-image, IMAGE"})
    void a_suffix_says_what_is_made(String name, ChatType type) throws Exception {
        assertEquals(type, ask(name, Options.NONE).type());
    }

    @Test
    void an_edit_needs_a_picture() {
        var refused = assertThrows(ProblemException.class, () -> ask("qwen3.7-plus-image-edit", Options.NONE));
        assertEquals(ProblemKind.INVALID_REQUEST, refused.problem().kind());
        assertTrue(refused.problem().message().contains("no picture to edit"), refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "16:9,      16:9",
        "1024x1024, 1:1",
        "1792x1024, 16:9",
        "1024X1536, 2:3",
        "1536x1024, 3:2",
        "2:3,       2:3",
        "768x1024,  3:4",
        "3840*2160, 16:9",
    })
    void sizes_become_the_nearest_ratio(String size, String ratio) {
        assertEquals(Optional.of(ratio), AspectRatio.nearest(size).map(AspectRatio::wire));
    }

    @ParameterizedTest
    @CsvSource({"large", "0x10", "''", "1024", "auto"})
    void what_is_no_size_is_none(String size) {
        assertEquals(Optional.empty(), AspectRatio.nearest(size));
    }
}
