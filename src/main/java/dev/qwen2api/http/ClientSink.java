package dev.qwen2api.http;

import dev.qwen2api.chat.AnswerSink;

/** A sink at the end of which there is a real client. */
interface ClientSink extends AnswerSink {

    /** Whether nothing more can be sent: the answer is complete, has failed, or nobody is there to take it. */
    boolean hasEnded();
}
