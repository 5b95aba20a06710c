package dev.qwen2api.fakeqwen;

/** Refusals of the portal, aimed at its completions. */
public final class PortalFaults {
    private PortalFaults() {}

    /** The access token is dead. */
    public static Fault invalidKey401() {
        return on(PortalReplies.invalidKey());
    }

    /** Daily or burst quota. */
    public static Fault insufficientQuota429() {
        return on(PortalReplies.error(
                429,
                "insufficient_quota",
                "You exceeded your current quota, please check your plan and billing details."));
    }

    /** The free quota of the day is gone. */
    public static Fault freeQuotaGone403() {
        return on(PortalReplies.error(403, "insufficient_quota", "Free allocated quota exceeded."));
    }

    /** Sixty requests a minute, said without a body. */
    public static Fault throttled429() {
        return on(Reply.of(429, "", ""));
    }

    /** The input was too long for the time. */
    public static Fault streamTimeout504() {
        return on(Reply.of(504, "text/plain", "stream timeout"));
    }

    private static Fault on(Reply reply) {
        return Refusals.reply(reply).on(Endpoint.PORTAL);
    }
}
