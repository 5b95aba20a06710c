package dev.qwen2api.fakeqwen;

import dev.qwen2api.fakeqwen.Fault.Shape;
import dev.qwen2api.fakeqwen.Step.Frame;
import dev.qwen2api.fakeqwen.Step.Kind;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** Ways to spoil the steps of an answer stream. */
final class StreamShapes {
    private static final byte[] BROKEN_UTF_8 = {(byte) 0xC3, 0x28, (byte) 0xF0, (byte) 0x9F};

    private StreamShapes() {}

    /** Only this. */
    static Shape instead(Function<Frames, List<Step>> other) {
        return (frames, steps) -> other.apply(frames);
    }

    /** The steps up to the n-th text frame, then something else. */
    static Shape afterText(int texts, Function<Frames, List<Step>> then) {
        return (frames, steps) -> {
            List<Step> kept = new ArrayList<>(steps.subList(0, endOfText(steps, texts)));
            kept.addAll(then.apply(frames));
            return kept;
        };
    }

    /** Every frame rewritten. */
    static Shape each(UnaryOperator<Frame> change) {
        return (frames, steps) -> steps.stream()
                .map(step -> step instanceof Frame frame ? change.apply(frame) : step)
                .toList();
    }

    /** Something put before every text frame. */
    static Shape beforeTexts(Function<Frames, List<Step>> extra) {
        return (frames, steps) -> {
            List<Step> out = new ArrayList<>();
            for (Step step : steps) {
                if (isText(step)) {
                    out.addAll(extra.apply(frames));
                }
                out.add(step);
            }
            return out;
        };
    }

    /** Something put before the first text frame only, or at the end if there is none. */
    static Shape beforeFirstText(Function<Frames, List<Step>> extra) {
        return (frames, steps) -> {
            List<Step> out = new ArrayList<>(steps);
            out.addAll(beginOfText(steps), extra.apply(frames));
            return out;
        };
    }

    /**
     * Every reasoning frame sent twice, and the first one, with its shorter list, again at the end of the reasoning.
     */
    static List<Step> repeatThinking(Frames frames, List<Step> steps) {
        List<Step> out = new ArrayList<>();
        Optional<Step> first = Optional.empty();
        for (Step step : steps) {
            boolean thinking = step instanceof Frame frame && frame.is(Kind.THINKING);
            if (!thinking && first.isPresent()) {
                out.add(first.get());
                first = Optional.empty();
            }
            out.add(step);
            if (thinking) {
                out.add(step);
                first = first.or(() -> Optional.of(step));
            }
        }
        return out;
    }

    /** The body without the line ends at its very end. */
    static List<Step> withoutLastBlankLine(Frames frames, List<Step> steps) {
        List<Step> out = new ArrayList<>(steps);
        int last = out.size() - 1;
        if (last >= 0 && out.get(last) instanceof Frame frame) {
            String text = new String(frame.bytes(), StandardCharsets.UTF_8);
            out.set(last, Frame.of(frame.kind(), text.stripTrailing()));
        }
        return out;
    }

    static Frame crlf(Frame frame) {
        String text = new String(frame.bytes(), StandardCharsets.UTF_8);
        return Frame.of(frame.kind(), text.replace("\n", "\r\n"));
    }

    /** A text frame with bytes in its content that are no UTF-8. */
    static Frame brokenUtf8(Frames frames) {
        String mark = "@@";
        String text = new String(frames.text(mark, "").bytes(), StandardCharsets.UTF_8);
        int at = text.indexOf(mark);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(text.substring(0, at).getBytes(StandardCharsets.UTF_8));
        out.writeBytes(BROKEN_UTF_8);
        out.writeBytes(text.substring(at + mark.length()).getBytes(StandardCharsets.UTF_8));
        return new Frame(Kind.RAW, out.toByteArray());
    }

    /** A text frame of at least so many bytes. */
    static Frame huge(Frames frames, int bytes) {
        byte[] filler = new byte[bytes];
        Arrays.fill(filler, (byte) 'x');
        return frames.text(new String(filler, StandardCharsets.US_ASCII), "");
    }

    private static int endOfText(List<Step> steps, int texts) {
        int seen = 0;
        for (int i = 0; i < steps.size(); i++) {
            if (isTextOrLater(steps.get(i)) && (seen == texts || !isText(steps.get(i)))) {
                return i;
            }
            if (isText(steps.get(i)) && ++seen == texts) {
                return i + 1;
            }
        }
        return steps.size();
    }

    private static int beginOfText(List<Step> steps) {
        for (int i = 0; i < steps.size(); i++) {
            if (isTextOrLater(steps.get(i))) {
                return i;
            }
        }
        return steps.size();
    }

    private static boolean isText(Step step) {
        return step instanceof Frame frame && frame.is(Kind.TEXT);
    }

    private static boolean isTextOrLater(Step step) {
        return step instanceof Frame frame && (frame.is(Kind.TEXT) || frame.is(Kind.EMPTY) || frame.is(Kind.LAST));
    }
}
