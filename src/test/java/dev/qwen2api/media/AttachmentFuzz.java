package dev.qwen2api.media;

import dev.qwen2api.chat.Conversation;
import dev.qwen2api.chat.Media;
import dev.qwen2api.chat.Media.MediaType;
import dev.qwen2api.chat.Message;
import dev.qwen2api.failure.ProblemException;
import dev.qwen2api.fuzz.Pieces;
import dev.qwen2api.media.Downloader.ByteSource.NotFetchedException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;

/** What clients attach: a name, data or an address, and where that address redirects to. Nothing is connected to. */
public final class AttachmentFuzz {

    private static final SpoolingAttachmentResolver RESOLVER = new SpoolingAttachmentResolver(
            new SpoolDirectory(
                    Path.of(System.getProperty("java.io.tmpdir"), "qwen2api-fuzz"), 64L << 20, path -> 1L << 40),
            Runnable::run,
            () -> false,
            url -> {
                throw new AssertionError("no media of the service");
            },
            () -> 0);

    /** The network inside, in its many spellings. */
    private static final List<String> PRIVATE =
            List.of("127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:10.0.0.1", "64:ff9b::a00:1");

    private AttachmentFuzz() {}

    public static void attachment(byte[] input) throws InterruptedException {
        List<String> parts = Pieces.parts(input, 3);
        for (MediaType type : MediaType.values()) {
            Media media = Media.of(type, parts.get(1), parts.get(0), "messages[0].content[0]");
            if (media.source() instanceof Media.Written) {
                decode(media);
            } else {
                address(parts.get(1), parts.get(2));
            }
        }
    }

    private static void decode(Media media) throws InterruptedException {
        var turn = new Message(Message.Role.USER, List.of(media), List.of(), "");
        var conversation = new Conversation(
                "qwen3-max", List.of(turn), List.of(), Conversation.ToolChoice.AUTO, Conversation.Options.NONE);
        try (var resolved = RESOLVER.gather(conversation, () -> false)) {
            Media seen = Media.in(resolved.conversation().turns().get(0)).get(0);
            if (seen.name().isBlank() || seen.name().contains("/")) {
                throw new AssertionError("a file is named " + seen.name());
            }
        } catch (ProblemException refused) {
            if (refused.problem().kind().status() >= 500) {
                throw new AssertionError("a fault of the client is called the gateway's", refused);
            }
        }
    }

    private static void address(String address, String location) {
        try {
            URI first = RemoteFetcher.uri(address);
            pin(first);
            pin(RemoteFetcher.location(first, location));
        } catch (NotFetchedException refused) {
            // as it should be, for most
        }
    }

    private static void pin(URI uri) throws NotFetchedException {
        for (String inside : PRIVATE) {
            try {
                PinnedAddress.of(uri, host -> new InetAddress[] {literal(inside)}, false);
            } catch (NotFetchedException refused) {
                continue;
            }
            throw new AssertionError(inside + " passes for a public address");
        }
        PinnedAddress pinned = PinnedAddress.of(uri, host -> new InetAddress[] {literal("93.184.216.34")}, false);
        if (pinned.uri().getHost() == null || pinned.addresses().size() != 1) {
            throw new AssertionError("pinned " + pinned);
        }
    }

    private static InetAddress literal(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
