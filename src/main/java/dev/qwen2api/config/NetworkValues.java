package dev.qwen2api.config;

import dev.qwen2api.config.Settings.Login;
import dev.qwen2api.config.Settings.Proxy;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Parses settings that are hosts, base URLs, origins or the proxy. Problems are handled by {@link SettingValues}. */
final class NetworkValues {

    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?");
    private static final Pattern IPV6 =
            Pattern.compile("[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*(%[A-Za-z0-9_.-]+)?");
    private static final URI NOWHERE = URI.create("http://localhost");

    private final SettingValues values;

    NetworkValues(SettingValues values) {
        this.values = values;
    }

    /** Returns a host to listen on, an IPv6 address without its brackets. */
    String listenAddress(SettingKey key) {
        String text = unbracketed(values.text(key));
        if (!HOST.matcher(text).matches() && !IPV6.matcher(text).matches()) {
            values.reject(key, "a host name, an IPv4 or an IPv6 address, without scheme and port");
        }
        return text;
    }

    URI baseUrl(SettingKey key) {
        URI url = parse(values.text(key));
        if (url == null || !isHttp(url) || !isPlain(url)) {
            values.reject(key, "http:// or https:// with a host, without user, query and fragment");
            return NOWHERE;
        }
        String text = url.toString();
        while (text.endsWith("/")) {
            text = text.substring(0, text.length() - 1);
        }
        return URI.create(text);
    }

    /** {@code *}, {@code none}, or origins such as {@code https://chat.example.com} separated by commas. */
    List<String> origins(SettingKey key) {
        var origins = new ArrayList<String>();
        for (String piece : values.text(key).split(",")) {
            String origin = piece.strip().replaceFirst("/$", "");
            if (origin.equals("*") || isOrigin(origin)) {
                origins.add(origin);
            } else if (!origin.isEmpty() && !origin.equalsIgnoreCase("none")) {
                values.reject(key, "*, none, or origins such as https://chat.example.com, separated by commas");
                return origins;
            }
        }
        return origins.stream().distinct().toList();
    }

    Optional<Proxy> proxy(SettingKey key) {
        String text = values.text(key);
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (text.toLowerCase(Locale.ROOT).startsWith("socks")) {
            values.reject(
                    key, "http://host:port; SOCKS is not supported: use the HTTP or mixed port of the proxy program");
            return Optional.empty();
        }
        URI url = parse(text);
        if (url == null || !isProxy(url)) {
            values.reject(key, "http://host:port or http://user:password@host:port, with special characters %-encoded");
            return Optional.empty();
        }
        return Optional.of(new Proxy(unbracketed(url.getHost()), url.getPort(), login(url.getRawUserInfo())));
    }

    private static boolean isProxy(URI url) {
        return "http".equalsIgnoreCase(url.getScheme())
                && url.getHost() != null
                && url.getPort() > 0
                && url.getPort() <= 65_535
                && (url.getRawPath().isEmpty() || url.getRawPath().equals("/"))
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
    }

    private static Optional<Login> login(@Nullable String userInfo) {
        if (userInfo == null || userInfo.isEmpty()) {
            return Optional.empty();
        }
        int colon = userInfo.indexOf(':');
        String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
        String password = colon < 0 ? "" : userInfo.substring(colon + 1);
        return Optional.of(new Login(decode(user), new Secret(decode(password))));
    }

    /** Decodes percent signs only: a plus in a password is a plus. {@link URI} has checked the digits. */
    private static String decode(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private static boolean isOrigin(String text) {
        URI url = parse(text);
        return url != null
                && url.getScheme() != null
                && isPlain(url)
                && url.getRawPath().isEmpty();
    }

    private static boolean isHttp(URI url) {
        return "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
    }

    private static boolean isPlain(URI url) {
        return url.getHost() != null
                && url.getPort() <= 65_535
                && url.getPort() != 0
                && url.getRawUserInfo() == null
                && url.getRawQuery() == null
                && url.getRawFragment() == null;
    }

    private static @Nullable URI parse(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }
}
