package org.virtsound.audio.vchan;

/** This machine has no vchans; the message says what is missing and how to get it. */
public final class VchanUnavailableException extends Exception {
    VchanUnavailableException(String message) {
        super(message);
    }
}
