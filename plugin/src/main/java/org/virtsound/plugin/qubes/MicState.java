package org.virtsound.plugin.qubes;

/**
 * A guest's microphone, as Qubes' tools see it.
 *
 * @param requested the guest records
 * @param allowed it may
 */
record MicState(boolean requested, boolean allowed) {
    static final MicState OFF = new MicState(false, false);
}
