package org.virtsound.audio.guest;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtsound.audio.pulse.FuzzSeeds;

class SessionFuzzTest {
    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x7F, 0x81, 0xFF})
    void everyRecordedConversationLeavesNothingBehindInPiecesOfAnySize(int pieces) {
        for (byte[] seed : FuzzSeeds.conversations((byte) 22, (byte) pieces)) {
            SessionFuzz.fuzzerTestOneInput(seed);
        }
    }
}
