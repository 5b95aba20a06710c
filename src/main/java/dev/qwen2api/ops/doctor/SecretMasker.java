package dev.qwen2api.ops.doctor;

import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Masks every secret of the settings in a line, as the last step before printing. Immutable. */
public final class SecretMasker {

    private static final int MIN_LENGTH = 6;

    private final List<String> secrets;

    private SecretMasker(List<String> secrets) {
        this.secrets = secrets;
    }

    /** Masks these texts and their parts. */
    public static SecretMasker of(Collection<String> secrets) {
        return new SecretMasker(secrets.stream()
                .flatMap(secret -> Stream.concat(Stream.of(secret), Arrays.stream(secret.split("[;,= ]+"))))
                .filter(text -> text.length() >= MIN_LENGTH)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    /** Masks keys, cookies, extra headers, and the proxy with its credentials. */
    public static SecretMasker of(Settings settings) {
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
        return of(Stream.concat(Stream.concat(keys, sessions).map(Secret::reveal), proxy)
                .toList());
    }

    public String mask(String line) {
        String masked = line;
        for (String secret : secrets) {
            masked = masked.replace(secret, "***");
        }
        return masked;
    }
}
