package dev.qwen2api.upstream.qwen;

import dev.qwen2api.upstream.qwen.error.WireChanges;
import dev.qwen2api.upstream.qwen.upload.Uploader;
import java.time.Clock;
import java.time.Instant;

/** What every attempt works with. */
record Upstream(
        QwenClient client,
        ChatJanitor janitor,
        Uploader uploader,
        VideoPoller videos,
        SessionKeeper sessions,
        WireChanges changes,
        ReusableChats chats,
        PictureLinks links,
        Clock clock) {

    Instant now() {
        return clock.instant();
    }
}
