package dev.qwen2api.chat;

/** Has requests answered by an upstream that speaks the client's wire format. Thread-safe. */
@FunctionalInterface
public interface RelayService {

    /** What came of a request. */
    enum Outcome {
        /** The sink has ended, well or badly. */
        SETTLED,
        /** No credential works; the owner wants the web channel to serve. */
        TO_THE_WEB
    }

    /**
     * Drives one request to its end, or finds that it is not ours.
     *
     * @throws InterruptedException when this thread is told to stop; the sink has then not ended
     */
    Outcome answer(RelayRequest request, RelaySink sink) throws InterruptedException;
}
