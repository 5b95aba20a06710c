package dev.qwen2api.chat;

import dev.qwen2api.failure.ProblemException;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers conversations: resolves the model, leases an account, and relays the answer, changing the account as long as
 * nothing was sent to the client. Thread-safe; a request runs in the caller's thread from start to end.
 */
public final class ChatService {

    private static final Logger LOG = LoggerFactory.getLogger(ChatService.class);

    private final ChatExecution.Dependencies dependencies;
    private final Function<Conversation, ResolvedConversation> resolver;
    private final LongSupplier nanoTime;
    private volatile ChatExecution.Rules rules;

    /** @param resolver makes the choices that do not depend on the account; may throw {@link ProblemException} */
    public ChatService(
            ChatExecution.Dependencies dependencies,
            Function<Conversation, ResolvedConversation> resolver,
            ChatExecution.Rules rules,
            LongSupplier nanoTime) {
        this.dependencies = dependencies;
        this.resolver = resolver;
        this.rules = rules;
        this.nanoTime = nanoTime;
    }

    public void apply(ChatExecution.Rules next) {
        rules = next;
    }

    /**
     * Drives one request to its end. Failures go to the sink; a client that hung up ends it silently.
     *
     * @throws InterruptedException when this thread is interrupted
     */
    public void answer(Conversation conversation, AnswerSink sink) throws InterruptedException {
        try {
            answer(resolver.apply(conversation).by(sink.client()), sink);
        } catch (ProblemException refused) {
            sink.fail(refused.problem());
        } catch (ClientGoneException gone) {
            LOG.debug("[CHAT] {} the client hung up", sink.requestId());
        }
    }

    private void answer(ResolvedConversation resolvedConversation, AnswerSink sink) throws InterruptedException {
        ChatExecution.Rules now = rules;
        var clientHeartbeat = new ClientHeartbeat(sink, now.timing(), nanoTime);
        try (AttachmentResolver.Resolved resolved = dependencies
                .attachments()
                .gather(resolvedConversation.conversation(), () -> {
                    // What is fetched may be slow to come. A client that has left ends the work by an exception.
                    clientHeartbeat.beat();
                    return false;
                })) {
            List<String> omitted = resolved.omitted();
            if (!omitted.isEmpty()) {
                sink.withoutAttachments(omitted);
                LOG.warn("[CHAT] {}: sent without {}", sink.requestId(), String.join(", ", omitted));
            }
            ResolvedConversation question = resolvedConversation.with(resolved.conversation());
            new ChatExecution(dependencies, now, nanoTime, question, sink).run();
        }
    }
}
