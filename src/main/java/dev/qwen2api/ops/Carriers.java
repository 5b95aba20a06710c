package dev.qwen2api.ops;

/** The platform threads that carry the virtual ones. */
public final class Carriers {

    private static final String PARALLELISM = "jdk.virtualThreadScheduler.parallelism";

    /** The first Java on which a virtual thread that waits inside {@code synchronized} lets go of its carrier. */
    private static final int LETS_GO = 24;

    private Carriers() {}

    /**
     * Leaves half of the processors to the threads that move bytes. With a carrier for each of two processors they wake each other
     * for every piece of every stream, which costs half as much again as the work itself. To be called before anything makes
     * a virtual thread; what the owner said on the command line stays.
     */
    public static void choose() {
        if (Runtime.version().feature() >= LETS_GO && System.getProperty(PARALLELISM) == null) {
            int processors = Runtime.getRuntime().availableProcessors();
            System.setProperty(PARALLELISM, Integer.toString(Math.max(1, processors / 2)));
        }
    }
}
