package dev.qwen2api.fuzz;

/** A parser of bytes that strangers choose. It throws only if the parser breaks a promise. */
@FunctionalInterface
public interface FuzzTarget {

    void run(byte[] input) throws Exception;
}
