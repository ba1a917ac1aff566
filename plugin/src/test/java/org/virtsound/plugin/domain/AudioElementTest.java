package org.virtsound.plugin.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtsound.plugin.domain.AudioElement.Setting;

class AudioElementTest {
    @Test
    void aSettingIsChangedAndTheOthersStayBeTheyRightOrWrong() {
        String xml = domain("<s:audio xmlns:s='urn:virt-sound:domain:1'><s:playback sink='a&amp;b' volume='20%'/>"
                + "<s:capture policy='perhaps'/></s:audio>");

        assertThat(AudioElement.of(xml, List.of(new Setting("playback", "volume", "80%"))))
                .isEqualTo("<audio><playback sink=\"a&#38;b\" volume=\"80%\"/><capture policy=\"perhaps\"/></audio>");
    }

    @Test
    void aDomainWithoutTheElementGetsOne() {
        assertThat(AudioElement.of(domain(""), List.of())).isEqualTo("<audio></audio>");
        assertThat(AudioElement.isIn(domain(""))).isFalse();
        assertThat(AudioElement.of(domain(""), List.of(new Setting("playback", "mute", "yes"))))
                .isEqualTo("<audio><playback mute=\"yes\"/></audio>");
    }

    @Test
    void aSettingThatIsTakenOutLeavesNoEmptyElement() {
        String xml = domain("<audio xmlns='urn:virt-sound:domain:1'><playback sink='usb'/></audio>");

        assertThat(AudioElement.of(xml, List.of(new Setting("playback", "sink", null))))
                .isEqualTo("<audio></audio>");
    }

    @Test
    void aValueThatCannotBeUsedIsRefusedWithWhatWasExpected() {
        assertThatThrownBy(() -> AudioElement.of(domain(""), List.of(new Setting("playback", "volume", "loud"))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("playback volume=\"loud\"")
                .hasMessageContaining("0% to 150%");
        assertThatThrownBy(() -> AudioElement.of(domain(""), List.of(new Setting("playback", "colour", "red"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AudioElement.of(domain(""), List.of(new Setting("camera", "on", "yes"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AudioElement.of(domain(""), List.of(new Setting("a b<", "on", "yes"))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static String domain(String metadata) {
        return "<domain type='xen'><metadata>" + metadata + "</metadata></domain>";
    }
}
