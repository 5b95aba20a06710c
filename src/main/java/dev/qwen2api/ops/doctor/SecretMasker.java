package dev.qwen2api.ops.doctor;

import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The last door before the screen: takes every secret of the settings out of a line, should one have got that far. Immutable. */
public final class SecretMasker {

    private static final int SHORTEST = 6;

    private final List<String> secrets;

    private SecretMasker(List<String> secrets) {
        this.secrets = secrets;
    }

    /** Hides these texts, each as a whole and its parts. */
    public static SecretMasker about(Collection<String> secrets) {
        return new SecretMasker(secrets.stream()
                .flatMap(secret -> Stream.concat(Stream.of(secret), Arrays.stream(secret.split("[;,= ]+"))))
                .filter(text -> text.length() >= SHORTEST)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    /** Hides what the settings say that nobody else may know. */
    public static SecretMasker about(Settings settings) {
        Stream<Secret> keys = Stream.concat(
                settings.keys().api().stream(),
                Stream.concat(settings.keys().admin().stream(), settings.cli().apiKey().stream()));
        Stream<Secret> sessions = Stream.concat(
                settings.accounts().cookies().stream(), settings.upstream().headers().extra().values().stream());
        Stream<String> proxy = settings.upstream().proxy().stream()
                .flatMap(known -> Stream.concat(
                        Stream.of(known.host()),
                        known.login().stream()
                                .flatMap(login ->
                                        Stream.of(login.user(), login.password().reveal()))));
        return about(Stream.concat(Stream.concat(keys, sessions).map(Secret::reveal), proxy)
                .toList());
    }

    String hide(String line) {
        String hidden = line;
        for (String secret : secrets) {
            hidden = hidden.replace(secret, "***");
        }
        return hidden;
    }
}
