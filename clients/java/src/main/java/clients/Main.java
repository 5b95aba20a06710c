package clients;

import java.util.Map;

/** Runs the checks of one client: {@code Main openai-java}. */
public final class Main {
    private static final Map<String, String> CLIENTS = Map.of(
            "openai-java", "clients.vendors.OpenAiJava",
            "anthropic-java", "clients.vendors.AnthropicJava",
            "langchain4j", "clients.vendors.LangChain4j",
            "spring-ai", "clients.spring.SpringAi");

    private Main() {}

    public static void main(String[] args) throws Exception {
        ((Runnable) Class.forName(CLIENTS.get(args[0])).getDeclaredConstructor().newInstance()).run();
        System.exit(0); // some clients keep threads
    }
}
