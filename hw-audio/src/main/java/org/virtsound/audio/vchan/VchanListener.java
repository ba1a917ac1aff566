package org.virtsound.audio.vchan;

/** What a channel tells its owner, on the audio loop. */
public interface VchanListener {
    /** Once; {@code channel} is the listener's to close. */
    void opened(Vchan channel);

    /** The peer has written, read or closed; at most once a millisecond, however often it rings. */
    void rung();

    /** The peer does not keep to the protocol; the channel is as good as closed. */
    void broken(String detail);

    /** The domain is no more, before the channel was open; nothing comes after. */
    void gone();
}
