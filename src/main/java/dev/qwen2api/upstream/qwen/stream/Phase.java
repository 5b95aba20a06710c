package dev.qwen2api.upstream.qwen.stream;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The phases of an answer, and what becomes of the content of their frames. {@code docs/upstream.md} names the sources.
 */
enum Phase {
    ANSWER("answer", Use.TEXT),
    /** Without {@code output_schema} nothing is labelled (2026-07). */
    UNLABELLED("", Use.UNLABELLED_TEXT),
    THINK("think", Use.REASONING),
    THINKING_SUMMARY("thinking_summary", Use.SUMMARY),
    IMAGE_GEN_THINK("image_gen_think", Use.REASONING),
    IMAGE_GEN("image_gen", Use.PICTURE),
    /** Real edits come in this phase (13 row 1, 2026-09). */
    IMAGE_EDIT("image_edit", Use.PICTURE),
    IMAGE_GEN_TOOL("image_gen_tool", Use.TOOL),
    IMAGE_EDIT_TOOL("image_edit_tool", Use.TOOL),
    /** An ordinary chat may call it; its pictures are in {@code extra} (13 row 1, 2026-09). */
    GENERATE_IMAGE("generate_image", Use.TOOL),
    IMAGE_GEN_WEB_SEARCH("image_gen_websearch", Use.SEARCH),
    WEB_SEARCH("web_search", Use.SEARCH),
    IMAGE_SEARCH("image_search", Use.SEARCH),
    CODE_INTERPRETER("code_interpreter", Use.TOOL),
    TOOL_CALL("tool_call", Use.TOOL),
    LOCAL_TOOL("local_tool", Use.TOOL),
    READ_FILE("read_file", Use.TOOL),
    WRITE_FILE("write_file", Use.TOOL),
    BASH("bash", Use.TOOL),
    PRESENT_FILE("present_file", Use.TOOL),
    KEEP_ALIVE("KeepAlive", Use.NONE),
    RESEARCH_PLANNING("ResearchPlanning", Use.NONE),
    ANALYZE("analyze", Use.NONE),
    SLIDES("slides", Use.LAST_RESORT),
    SINGLE_ANSWER("single_answer", Use.LAST_RESORT),
    REPORT_GENERATION("ReportGeneration", Use.LAST_RESORT),
    /** Any other name. */
    UNKNOWN("*", Use.LAST_RESORT);

    /** What becomes of the content. */
    enum Use {
        TEXT,
        /** Text, if the model speaks. */
        UNLABELLED_TEXT,
        REASONING,
        /** Growing arrays of titles and thoughts, which are reasoning. */
        SUMMARY,
        /** The whole address of a picture, or words that excuse its absence. */
        PICTURE,
        /** What one of the service's own tools says: its pictures count, its words do not. */
        TOOL,
        /** What a search found: its pages count, its words and pictures do not. */
        SEARCH,
        NONE,
        /** Text, if no answer ever comes. */
        LAST_RESORT
    }

    private static final Map<String, Phase> BY_NAME = Arrays.stream(values())
            .collect(Collectors.toUnmodifiableMap(phase -> phase.wire.toLowerCase(Locale.ROOT), Function.identity()));

    private final String wire;
    private final Use use;

    Phase(String wire, Use use) {
        this.wire = wire;
        this.use = use;
    }

    Use use() {
        return use;
    }

    static Phase ofWire(String name) {
        Phase exact = BY_NAME.get(name);
        return exact != null ? exact : BY_NAME.getOrDefault(name.toLowerCase(Locale.ROOT), UNKNOWN);
    }
}
