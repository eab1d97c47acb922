package io.modelgate.control;

/**
 * An unfinished last line that was cut off a log: what a process that died while appending left, never acknowledged to anyone.
 *
 * @param line the number that the line would have had
 * @param offset where it began in the file, in bytes; the file ends there now
 * @param bytes how long it was
 */
public record TornTail(long line, long offset, long bytes) {}
