package dev.qwen2api.api.openai.items;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.qwen2api.chat.Message.ToolCall;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class MessageAssemblerTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long allocatedBy(int calls) {
        long before = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
        var messages = new MessageAssembler();
        for (int i = 0; i < calls; i++) {
            messages.call(new ToolCall("c", "f", "{}"));
        }
        assertEquals(calls, messages.list().get(0).calls().size());
        return THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
    }

    @Test
    void ten_times_as_many_calls_take_about_ten_times_the_memory() {
        allocatedBy(1_000);
        long few = allocatedBy(1_000);
        long many = allocatedBy(10_000);
        assertTrue(many < 20 * few, few + " bytes became " + many);
    }
}
