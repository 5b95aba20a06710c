/**
 * A stand-in for the Qwen web service on one loopback port: web API, session renewal, uploads, media and the OAuth
 * portal.
 *
 * <p>Written from the protocol notes alone and without any code of the gateway, so that a misreading on one side shows
 * up as a failing test. It speaks HTTP on plain sockets because its faults (resets, stalls, splits inside a character,
 * bodies that end early) need every byte under control. It listens on 127.0.0.1 only.
 *
 * <p>A test starts a {@link dev.qwen2api.fakeqwen.FakeQwen}, says in its {@link dev.qwen2api.fakeqwen.Script} what is
 * answered, puts a {@link dev.qwen2api.fakeqwen.Fault} into its {@link dev.qwen2api.fakeqwen.FaultPlan}, and reads in
 * its {@link dev.qwen2api.fakeqwen.Recorder} what the gateway did.
 */
@NullMarked
package dev.qwen2api.fakeqwen;

import org.jspecify.annotations.NullMarked;
