package dev.qwen2api;

/** The command line: {@code --version} is all it understands so far. */
public final class Main {

    private Main() {}

    /**
     * Prints the version and ends with status 0, or says what it understands and ends with status 2.
     *
     * @param args the words of the command line
     */
    public static void main(String[] args) {
        if (args.length == 1 && args[0].equals("--version")) {
            System.out.println("qwen2api " + version());
            return;
        }
        System.err.println("usage: java -jar qwen2api.jar --version");
        System.exit(2);
    }

    /** The version in the manifest of the jar; classes that run from a folder have none. */
    private static String version() {
        String version = Main.class.getPackage().getImplementationVersion();
        return version == null ? "(not built)" : version;
    }
}
