package dev.qwen2api.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Objects;

/**
 * Where the fuzzer begins: its first argument names the target. A replay may allocate so much and no more; the fuzzer,
 * whose hooks allocate too, is bounded by its heap.
 */
public final class Fuzz {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final long FIXED_BYTES = 48L << 20;
    private static final long BYTES_PER_BYTE = 16 << 10;

    private static FuzzTarget target = input -> {};

    private Fuzz() {}

    public static void fuzzerInitialize(String[] arguments) {
        target = Objects.requireNonNull(FuzzTargets.ALL.get(arguments[0]), "no such target");
    }

    public static void fuzzerTestOneInput(byte[] input) throws Exception {
        target.run(input);
    }

    /** Loading classes takes memory too, so a run that took much is measured again. */
    static void run(FuzzTarget target, byte[] input) throws Exception {
        long allowed = FIXED_BYTES + BYTES_PER_BYTE * input.length;
        long allocated = allocated(target, input);
        for (int again = 0; again < 2 && allocated > allowed; again++) {
            allocated = allocated(target, input);
        }
        if (allocated > allowed) {
            throw new AssertionError(input.length + " bytes of input took " + allocated + " bytes of memory");
        }
    }

    private static long allocated(FuzzTarget target, byte[] input) throws Exception {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        target.run(input);
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }
}
