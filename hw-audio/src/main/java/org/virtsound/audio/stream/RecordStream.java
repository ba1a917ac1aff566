package org.virtsound.audio.stream;

/** A stream from the host's microphone. */
public interface RecordStream extends Stream {}
