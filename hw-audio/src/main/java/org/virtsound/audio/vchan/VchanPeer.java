package org.virtsound.audio.vchan;

/**
 * The domain at the other end.
 *
 * @param domid its number
 * @param emulatedCard it has a card of the device model's; where that runs in a stub domain, the stub domain is the peer
 */
public record VchanPeer(int domid, boolean emulatedCard) {
    private static final int DOMID_MAX = 0x7FEF;

    public VchanPeer {
        if (domid < 0 || domid > DOMID_MAX) {
            throw new IllegalArgumentException("domid: " + domid + " (expected: 0.." + DOMID_MAX + ")");
        }
    }
}
