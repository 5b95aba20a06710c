package dev.qwen2api.chat;

/**
 * How answers are presented, as the owner configured it.
 *
 * @param thinking how thinking is shown
 * @param search how sources are written
 */
public record AnswerPresentation(ThinkFormat thinking, SearchFormat search) {}
