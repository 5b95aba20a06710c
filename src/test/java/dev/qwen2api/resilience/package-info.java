/**
 * Attacks on the built jar, as a process of its own, through real sockets. Each has a short form, which runs with the
 * other tests, and a full one: {@code ./mvnw verify -Psurvive}. What each shows is listed in {@code
 * docs/reliability.md}.
 */
package dev.qwen2api.resilience;
