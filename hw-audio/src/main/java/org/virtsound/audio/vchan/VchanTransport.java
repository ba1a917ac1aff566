package org.virtsound.audio.vchan;

/** How channels to domains are opened; always by us, the peer is the server. Called on the audio loop. */
public interface VchanTransport extends AutoCloseable {
    /**
     * Waits, without an end, until the peer serves {@code port}, and opens it.
     *
     * @return closes the wait; no effect once the channel is open
     */
    Opening open(VchanPeer peer, int port, VchanListener listener);

    /** Gives up what is being opened; open channels stay their owners'. */
    @Override
    void close();

    /** A channel that is being opened. */
    interface Opening {
        /** Gives up; the listener hears nothing more. */
        void cancel();
    }
}
