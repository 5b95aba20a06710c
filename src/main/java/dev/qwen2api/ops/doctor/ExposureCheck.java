package dev.qwen2api.ops.doctor;

import dev.qwen2api.config.Secret;
import dev.qwen2api.config.Settings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/** Checks who can reach the gateway and how strong its keys are. */
public final class ExposureCheck implements Doctor.Check {

    private static final String SUBJECT = "keys";
    private static final String EXAMPLE = "sk-your-secret-key";
    private static final int MIN_LENGTH = 20;
    private static final int MIN_DISTINCT = 8;

    private final Settings settings;

    public ExposureCheck(Settings settings) {
        this.settings = settings;
    }

    @Override
    public List<Finding> findings() {
        boolean exposed = !isLoopback(settings.server().address());
        var found = new ArrayList<Finding>();
        List<Secret> keys = new ArrayList<>(settings.keys().api());
        settings.keys().admin().ifPresent(keys::add);
        if (keys.stream().anyMatch(key -> key.reveal().equals(EXAMPLE))) {
            String text = "a key is the published one of .env.example";
            String advice = "choose your own: openssl rand -hex 24";
            found.add(exposed ? Finding.error(SUBJECT, text, advice) : Finding.warning(SUBJECT, text, advice));
        } else if (keys.stream().anyMatch(key -> isWeak(key.reveal()))) {
            found.add(Finding.warning(
                    SUBJECT,
                    exposed
                            ? "a key is easily guessed, and other machines can reach the port"
                            : "a key is easily guessed, though only this machine can reach the port",
                    "use at least " + MIN_LENGTH + " random characters: openssl rand -hex 24"));
        }
        if (settings.keys().admin().filter(settings.keys().api()::contains).isPresent()) {
            found.add(Finding.warning(
                    SUBJECT,
                    "ADMIN_KEY is one of the API keys, so every client with that key manages your accounts",
                    "choose another ADMIN_KEY: openssl rand -hex 24"));
        }
        if (settings.server().metricsPublic() && exposed) {
            found.add(Finding.warning(
                    SUBJECT,
                    "METRICS_PUBLIC shows your usage to everyone who can reach the port",
                    "set it to false, and give the scraper a key"));
        }
        if (settings.keys().admin().isEmpty() && settings.keys().api().size() > 1) {
            found.add(Finding.warning(
                    SUBJECT, "there are several API keys, and each of them manages your accounts", "set ADMIN_KEY"));
        }
        if (found.isEmpty()) {
            found.add(Finding.ok(
                    SUBJECT,
                    exposed
                            ? "long enough; other machines can reach the port"
                            : "only this machine can reach the port"));
        }
        return found;
    }

    private static boolean isWeak(String key) {
        return key.length() < MIN_LENGTH || key.chars().distinct().count() < MIN_DISTINCT;
    }

    private static boolean isLoopback(String address) {
        try {
            return InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException unknown) {
            return false;
        }
    }
}
