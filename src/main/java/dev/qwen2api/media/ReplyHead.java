package dev.qwen2api.media;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The head of a reply to a plain GET. What could be read in two ways is refused.
 *
 * @param status 200 to 999
 * @param headers values by lower-case name
 */
record ReplyHead(int status, Map<String, List<String>> headers) {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-9]\\d\\d)( .*)?");
    private static final Pattern HEADER = Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \\t]*(.*?)[ \\t]*");
    private static final Pattern LENGTH = Pattern.compile("\\d{1,18}");
    private static final int LONGEST_LINE = 16 * 1024;
    private static final int MOST_HEADERS = 200;
    private static final int MOST_INTERIM = 5;

    /** Reads a head, past those that only promise another. */
    static ReplyHead read(InputStream in) throws IOException {
        for (int i = 0; i < MOST_INTERIM; i++) {
            ReplyHead head = one(in);
            if (head.status >= 200) {
                return head;
            }
        }
        throw new ProtocolException("no end of interim replies");
    }

    private static ReplyHead one(InputStream in) throws IOException {
        Matcher status = STATUS.matcher(line(in));
        if (!status.matches()) {
            throw new ProtocolException("no status line");
        }
        var headers = new HashMap<String, List<String>>();
        int count = 0;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            Matcher header = HEADER.matcher(line);
            if (!header.matches() || ++count > MOST_HEADERS) {
                throw new ProtocolException("no header line");
            }
            headers.computeIfAbsent(header.group(1).toLowerCase(Locale.ROOT), name -> new ArrayList<>())
                    .add(header.group(2));
        }
        return new ReplyHead(Integer.parseInt(status.group(1)), Map.copyOf(headers));
    }

    /** A line without its end, which must come. */
    static String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0 || text.length() == LONGEST_LINE) {
                throw new ProtocolException("a line without an end");
            }
            text.append((char) next);
        }
        int length = text.length();
        return length > 0 && text.charAt(length - 1) == '\r' ? text.substring(0, length - 1) : text.toString();
    }

    Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    private List<String> all(String name) {
        return headers.getOrDefault(name, List.of());
    }

    /** How many bytes it announces; none where chunks or the end of the connection say. */
    Optional<Long> length() throws IOException {
        List<String> lengths = all("content-length").stream().distinct().toList();
        if (lengths.isEmpty()) {
            return Optional.empty();
        }
        if (lengths.size() > 1 || isChunked() || !LENGTH.matcher(lengths.get(0)).matches()) {
            throw new ProtocolException("more than one length");
        }
        return Optional.of(Long.parseLong(lengths.get(0)));
    }

    private boolean isChunked() throws IOException {
        List<String> codings = all("transfer-encoding");
        if (!codings.isEmpty() && !codings.equals(List.of("chunked"))) {
            throw new ProtocolException("an unknown transfer encoding");
        }
        return !codings.isEmpty();
    }

    /** The body that follows. */
    InputStream body(InputStream in) throws IOException {
        if (!first("content-encoding").orElse("identity").equals("identity")) {
            throw new ProtocolException("packed, which nobody asked for");
        }
        Optional<Long> length = length();
        if (length.isPresent()) {
            return new CountedBody(in, length.get());
        }
        return isChunked() ? new ChunkedBody(in) : in;
    }
}
