package dev.qwen2api.fakeqwen;

import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Video generations, which are polled by the account that started them. Safe for use by several threads. */
final class VideoTasks {
    private final ConcurrentMap<String, Task> tasks = new ConcurrentHashMap<>();

    private record Task(String owner, String chatType, Answer.Part.Video video, AtomicInteger polls) {
        String poll() {
            boolean done = polls.getAndIncrement() >= video.polls();
            String status = !done ? "running" : video.url().isEmpty() ? "failed" : "success";
            String content = done ? video.url() : "";
            return "{\"chat_type\":\"" + chatType + "\",\"task_status\":\"" + status
                    + "\",\"message\":\"\",\"remaining_time\":\"\",\"content\":" + Json.quoted(content) + "}";
        }
    }

    String start(Prompt prompt, Answer answer) {
        String id = Ids.uuid();
        Answer.Part.Video video = answer.first(Answer.Part.Video.class).orElse(new Answer.Part.Video("", 0));
        tasks.put(id, new Task(prompt.userId(), prompt.chatType(), video, new AtomicInteger()));
        return id;
    }

    void flat(Exchange exchange) throws IOException {
        Request request = exchange.request();
        exchange.reply(find(request).map(task -> Reply.json(task.poll())).orElseGet(() -> unknown(request)));
    }

    void enveloped(Exchange exchange) throws IOException {
        Request request = exchange.request();
        exchange.reply(
                find(request).map(task -> Reply.success(request, task.poll())).orElseGet(() -> unknown(request)));
    }

    private Optional<Task> find(Request request) {
        return Optional.ofNullable(tasks.get(ChatsEndpoint.lastSegment(request)))
                .filter(task -> task.owner().equals(request.userId().orElse("")));
    }

    private static Reply unknown(Request request) {
        return CannedReplies.notFound(request, "Task not found");
    }
}
