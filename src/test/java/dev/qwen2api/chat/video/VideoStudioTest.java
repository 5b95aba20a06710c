package dev.qwen2api.chat.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.MovableClock;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.AttachmentResolver;
import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.video.VideoJob.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class VideoStudioTest {

    private static final Order ORDER = new Order("qwen-max", "a cat", "1280x720");

    private final MovableClock clock = new MovableClock();
    private final Shelf shelf = new Shelf();
    private final List<Runnable> waiting = new ArrayList<>();
    private final VideoStudio studio = new VideoStudio(
            new VideoStudio.Dependencies(
                    (conversation, sink) -> {
                        sink.on(new AnswerEvent.Video("https://cdn.example.com/cat.mp4"));
                        sink.done();
                    },
                    (conversation, gone) -> new Here(conversation),
                    (task, gone) -> "",
                    shelf),
            waiting::add,
            clock);

    private record Here(Conversation conversation) implements AttachmentResolver.Resolved {
        @Override
        public void close() {}
    }

    /** A store in memory. */
    private static final class Shelf implements VideoStore {
        private final Map<String, VideoJob> jobs = new LinkedHashMap<>();

        @Override
        public List<VideoJob> load() {
            return List.copyOf(jobs.values());
        }

        @Override
        public void save(VideoJob job) {
            jobs.put(job.id(), job);
        }

        @Override
        public void remove(String id) {
            jobs.remove(id);
        }
    }

    @Test
    void a_finished_video_is_forgotten_after_a_week_also_by_a_process_that_goes_on() throws Exception {
        VideoJob old = studio.order("owner", ORDER, Optional.empty());
        waiting.remove(0).run();
        clock.advance(Duration.ofDays(8));
        VideoJob young = studio.order("owner", ORDER, Optional.empty());
        assertTrue(studio.find("owner", old.id()).isEmpty());
        assertEquals(List.of(young.id()), List.copyOf(shelf.jobs.keySet()));
    }

    @Test
    void what_is_still_being_made_is_not_forgotten() throws Exception {
        VideoJob old = studio.order("owner", ORDER, Optional.empty());
        clock.advance(Duration.ofDays(8));
        studio.order("owner", ORDER, Optional.empty());
        assertTrue(studio.find("owner", old.id()).isPresent());
    }

    @Test
    void an_order_with_a_picture_that_the_process_did_not_place_is_a_failure_for_the_next_one() throws Exception {
        Media picture = Media.of(Media.MediaType.IMAGE, "https://example.com/a.png", "", "input_reference");
        VideoJob job = studio.order("owner", ORDER, Optional.of(picture));
        assertEquals(VideoJob.Status.QUEUED, job.status());
        VideoJob stored = shelf.jobs.get(job.id());
        assertEquals(VideoJob.Status.FAILED, stored.status());
        assertTrue(stored.fault().orElseThrow().message().contains("Order it again"), stored.toString());
        waiting.remove(0).run();
        assertEquals(VideoJob.Status.COMPLETED, shelf.jobs.get(job.id()).status());
    }
}
