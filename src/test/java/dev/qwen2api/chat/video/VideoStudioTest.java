package dev.qwen2api.chat.video;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.qwen2api.account.MovableClock;
import dev.qwen2api.chat.AnswerEvent;
import dev.qwen2api.chat.video.VideoJob.Order;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VideoStudioTest {

    private static final Order ORDER = new Order("qwen-max", "a cat", "1280x720");

    private final MovableClock clock = new MovableClock();
    private final Shelf shelf = new Shelf();
    private final List<Runnable> waiting = new ArrayList<>();
    private final VideoStudio studio = new VideoStudio(
            (conversation, sink) -> {
                sink.on(new AnswerEvent.Video("https://cdn.example.com/cat.mp4"));
                sink.done();
            },
            (task, gone) -> "",
            shelf,
            waiting::add,
            clock);

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
    void a_finished_video_is_forgotten_after_a_week_also_by_a_process_that_goes_on() {
        VideoJob old = studio.order("owner", ORDER);
        waiting.remove(0).run();
        clock.advance(Duration.ofDays(8));
        VideoJob young = studio.order("owner", ORDER);
        assertTrue(studio.find("owner", old.id()).isEmpty());
        assertEquals(List.of(young.id()), List.copyOf(shelf.jobs.keySet()));
    }

    @Test
    void what_is_still_being_made_is_not_forgotten() {
        VideoJob old = studio.order("owner", ORDER);
        clock.advance(Duration.ofDays(8));
        studio.order("owner", ORDER);
        assertTrue(studio.find("owner", old.id()).isPresent());
    }
}
