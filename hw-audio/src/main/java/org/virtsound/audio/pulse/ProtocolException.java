package org.virtsound.audio.pulse;

/**
 * The peer broke the native protocol; its connection is to be closed, and only that one. Carries no stack trace: what a hostile
 * peer can raise at will has to be cheap.
 */
public final class ProtocolException extends RuntimeException {
    public ProtocolException(String message) {
        super(message, null, false, false);
    }
}
