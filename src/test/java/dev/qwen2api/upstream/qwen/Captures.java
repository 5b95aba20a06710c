package dev.qwen2api.upstream.qwen;

/** Answers of the web API as they came over the wire, with invented ids (formats of 2026-03 to 2026-09). */
final class Captures {

    private Captures() {}

    static final String THINKING = """
            data: {"response.created":{"chat_id": "c0ffee00-0000-4000-8000-000000000001", "parent_id": "aaaa0000", "response_id":"bbbb0000-02", "response_index": "0"}}\s

            data: {"response.info": {"action": "keep_alive", "chat_id": "c0ffee00-0000-4000-8000-000000000001", "response_id": "bbbb0000-02", "timestamp": 1772616291}}

            data: {"choices": [{"delta": {"role": "assistant", "content": "", "phase": "thinking_summary", "extra": {"summary_title": {"content": ["Reading the question"]}, "summary_thought": {"content": ["I look at what is asked."]}}, "status": "typing"}}], "response_id": "bbbb0000-02", "usage": {"input_tokens": 1438, "output_tokens": 104, "characters": 0, "total_tokens": 1542, "input_tokens_details": {"text_tokens": 1438}, "output_tokens_details": {"reasoning_tokens": 102, "text_tokens": 104}}, "timestamp": 1780468837}

            data: {"choices": [{"delta": {"role": "assistant", "content": "", "phase": "thinking_summary", "extra": {"summary_title": {"content": ["Reading the question", "Planning"]}, "summary_thought": {"content": ["I look at what is asked.", "I choose a plan 计划."]}}, "status": "typing"}}], "response_id": "bbbb0000-02", "usage": {"...": "..."}, "timestamp": 1780468843}

            data: {"choices": [{"delta": {"role": "assistant", "content": "", "phase": "thinking_summary", "status": "finished"}}], "response_id": "bbbb0000-02", "timestamp": 1780468849}

            data: {"choices": [{"delta": {"role": "assistant", "content": "Hello 世界 🌍", "phase": "answer", "status": "typing"}}], "response_id": "bbbb0000-02", "usage": {"input_tokens": 1438, "output_tokens": 802, "characters": 0, "total_tokens": 2240, "input_tokens_details": {"text_tokens": 1438}, "output_tokens_details": {"reasoning_tokens": 798, "text_tokens": 802}, "prompt_tokens_details": {"cached_tokens": 512}}, "timestamp": 1780468849}

            data: {"choices": [{"delta": {"role": "assistant", "content": "", "phase": "answer", "status": "typing"}}], "response_id": "bbbb0000-02", "usage": {"...": "..."}, "timestamp": 1780468850}

            data: {"choices": [{"delta": {"content": "", "role": "assistant", "status": "finished", "phase": "answer"}}], "response_id": "bbbb0000-02"}

            """;

    static final String THINKING_STORY = """
            think **Reading the question**⏎⏎I look at what is asked.
            usage in 1438 out 104 thought 102 cached 0
            think ⏎⏎**Planning**⏎⏎I choose a plan 计划.
            text Hello 世界 🌍
            usage in 1438 out 802 thought 798 cached 512
            finished STOP""";

    static final String SEARCH = """
            data: {"response.created":{"chat_id": "c0ff", "parent_id": "aaaa", "response_id":"bbbb"}}\s

            data: {"choices": [{"delta": {"role": "assistant", "content": "", "phase": "web_search", "status": "typing", "function_call": {"name": "web_search", "arguments": "{\\"queries\\": [\\"rust"}, "function_id": "round_0_call_0a1b2c3d4e5f", "extra": {"display_position": "think"}}}], "response_id": "bbbb", "usage": {"input_tokens": 902, "output_tokens": 20}, "timestamp": 1772607752}

            data: {"choices": [{"delta": {"role": "assistant", "content": "", "phase": "web_search", "status": "typing", "function_call": {"name": "web_search", "arguments": "{\\"queries\\": [\\"rust 1.90\\"]}"}, "function_id": "round_0_call_0a1b2c3d4e5f", "extra": {"display_position": "think"}}}], "response_id": "bbbb", "timestamp": 1772607752}

            data: {"choices": [{"delta": {"role": "function", "content": "", "phase": "web_search", "name": "web_search", "status": "finished", "extra": {"tool_result": {"docs": [{"url": "https://example.com/a", "title": "A", "snippet": "...", "date": "2026-06-09", "hostname": "example.com"}]}}}}], "response_id": "bbbb", "timestamp": 1772607760}

            data: {"choices": [{"delta": {"role": "assistant", "content": "So [[1]]", "phase": "answer", "status": "typing"}}], "response_id": "bbbb", "usage": {"input_tokens": 5319, "output_tokens": 44}, "timestamp": 1772607761}

            data: {"choices": [{"delta": {"content": "", "role": "assistant", "status": "finished", "phase": "answer"}}], "response_id": "bbbb"}

            """;

    static final String SEARCH_STORY = """
            usage in 902 out 20 thought 0 cached 0
            sources https://example.com/a|A|...|example.com|2026-06-09
            text So [[1]]
            usage in 5319 out 44 thought 0 cached 0
            finished STOP""";

    static final String PICTURE = """
            data: {"response.created":{"chat_id": "c0ff", "parent_id": "aaaa", "response_id":"bbbb"}}\s

            data: {"response.info": {"action": "keep_alive", "chat_id": "c0ff", "response_id": "bbbb", "timestamp": 1772616291}}

            data: {"choices": [{"delta": {"role": "assistant", "content": "https://cdn.qwenlm.ai/output/0b1c2d3e/t2i/bbbb/1770000000a1b2.png?key=eyJx", "phase": "image_gen", "extra": {"output_image_hw": [[1536, 2688]]}, "status": "typing"}}], "response_id": "bbbb", "usage": {"input_tokens": 0, "output_tokens": 0, "characters": 0, "width": 2688, "image_count": 1, "height": 1536}, "timestamp": 1772616312}

            data: {"choices": [{"delta": {"content": "", "role": "assistant", "status": "finished", "phase": "image_gen"}}], "response_id": "bbbb"}

            """;

    static final String PICTURE_STORY = """
            picture https://cdn.qwenlm.ai/output/0b1c2d3e/t2i/bbbb/1770000000a1b2.png?key=eyJx
            usage in 0 out 0 thought 0 cached 0
            finished STOP""";

    /** Raw thinking, the form without summaries. */
    static final String THINK = """
            data: {"choices": [{"delta": {"role": "assistant", "content": "Let me ", "phase": "think", "status": "typing"}}], "response_id": "b"}

            data: {"choices": [{"delta": {"role": "assistant", "content": "see.", "phase": "think", "status": "typing"}}], "response_id": "b"}

            data: {"choices": [{"delta": {"role": "assistant", "content": "", "phase": "think", "status": "finished"}}], "response_id": "b"}

            data: {"choices": [{"delta": {"role": "assistant", "content": "Yes", "phase": "answer", "status": "typing"}}], "response_id": "b"}

            data: {"choices": [{"delta": {"content": "", "role": "assistant", "status": "finished", "phase": "answer"}}], "response_id": "b"}

            """;

    static final String THINK_STORY = """
            think Let me\s
            think see.
            text Yes
            finished STOP""";
}
