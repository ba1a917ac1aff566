package org.virtsound.audio.stream;

/**
 * A stream is open.
 *
 * @param attr sizes in force, bytes
 * @param deviceLatencyUs configured latency of the sink or source
 * @param suspended whether the device sleeps
 * @param creditBytes playback: what may be written at once; record: 0
 */
public record StreamOpened(BufferAttr attr, long deviceLatencyUs, boolean suspended, int creditBytes) {}
