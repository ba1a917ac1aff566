package org.virtsound.audio.relay;

/** Whether a guest may hear the microphone: {@code OFF} refuses grants, {@code ASK} needs one, {@code ON} is a standing one. */
public enum CapturePolicy {
    OFF,
    ASK,
    ON
}
