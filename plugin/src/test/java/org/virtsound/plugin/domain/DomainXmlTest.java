package org.virtsound.plugin.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestPolicy;

class DomainXmlTest {
    private static final String UUID_TEXT = "6b1c9c4e-8d0f-4a52-9a6e-0c1d2e3f4a5b";

    @Test
    void aDomainIsReadWithItsNicOnTheBridge() {
        Domain domain = DomainXml.parse(domain(
                "",
                "<interface type='bridge'><mac address='52:54:00:AA:bb:01'/><source bridge='br0'/></interface>"
                        + "<interface type='bridge'><mac address='52:54:00:AA:bb:02'/><source bridge='SOUND'/>"
                        + "<target dev='vnet3'/><alias name='ua-virt-sound'/></interface>"));

        assertThat(domain.uuid()).isEqualTo(UUID.fromString(UUID_TEXT));
        assertThat(domain.name()).isEqualTo("desk");
        assertThat(domain.title()).isEqualTo("The desk");
        assertThat(domain.id()).isEqualTo(7);
        assertThat(domain.type()).isEqualTo("xen");
        assertThat(domain.settings()).isNull();
        assertThat(domain.nicOn("SOUND"))
                .isEqualTo(new Domain.Nic("SOUND", "52:54:00:aa:bb:02", "vnet3", "ua-virt-sound"));
        assertThat(domain.identity().title()).isEqualTo("The desk");
    }

    @Test
    void aCardOfTheHypervisorsIsSeen() {
        assertThat(DomainXml.parse(domain("", "")).emulatedCard()).isFalse();
        assertThat(DomainXml.parse(domain("", "<sound model='ich9'/>")).emulatedCard())
                .isTrue();
    }

    @Test
    void anEmptyElementTakesPartWithTheDefaults() {
        assertThat(audio("").policy()).isEqualTo(GuestPolicy.DEFAULT);
        assertThat(audio("")).isEqualTo(SoundSettings.DEFAULT);
    }

    @Test
    void everyAttributeIsRead() {
        SoundSettings settings = audio("<s:playback enabled='no' sink='alsa_output.usb' volume='80%' mute='no'/>"
                + "<s:capture policy='on' source='alsa_input.usb' volume='100%'/>"
                + "<s:latency target='30ms' max='80ms'/>"
                + "<s:transport type='network' address='10.47.13.3'/>");

        assertThat(settings.problems()).isEmpty();
        assertThat(settings.policy())
                .isEqualTo(new GuestPolicy(
                        false, "alsa_output.usb", 80, false, CapturePolicy.ON, "alsa_input.usb", 100, 30, 80));
        assertThat(settings.transport()).isEqualTo(Transport.NETWORK);
        assertThat(settings.address()).isEqualTo("10.47.13.3");
    }

    @Test
    void childrenCountWithoutTheNamespaceAsVirshWritesThem() {
        assertThat(audio("<capture policy='off'/>").policy().capture()).isEqualTo(CapturePolicy.OFF);
    }

    @ParameterizedTest
    @CsvSource({
        "playback volume='200%', playback volume, 200%",
        "playback volume='80', playback volume, 80",
        "playback enabled='true', playback enabled, true",
        "playback mute='', playback mute, ''",
        "playback loud='yes', playback loud, yes",
        "capture policy='always', capture policy, always",
        "capture source='a b', capture source, a b",
        "latency target='30', latency target, 30",
        "latency target='0ms', latency target, 0ms",
        "transport type='pigeon', transport type, pigeon",
        "transport address='10.47.13.300', transport address, 10.47.13.300",
        "transport address='10.47.13', transport address, 10.47.13",
        "transport address='10.47.13.3.', transport address, 10.47.13.3.",
        "camera policy='on', element, camera",
    })
    void aBadAttributeIsNamedWithItsValueAndResetsItselfOnly(String element, String where, String value) {
        boolean latency = element.startsWith("latency");
        SoundSettings settings = audio("<" + element + (latency ? "/>" : "/><latency max='70ms'/>"));

        assertThat(settings.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.where()).isEqualTo(where);
            assertThat(problem.value()).isEqualTo(value);
            assertThat(problem.expected()).isNotBlank();
        });
        assertThat(settings.policy().playback()).isTrue();
        assertThat(settings.policy().capture()).isEqualTo(CapturePolicy.ASK);
        assertThat(settings.policy().volumePercent()).isNull();
        if (!latency) {
            assertThat(settings.policy().maxLatencyMs()).isEqualTo(70);
        }
    }

    @Test
    void aMaximumBelowItsTargetIsResetAndTheTargetStays() {
        SoundSettings settings = audio("<latency target='60ms' max='30ms'/>");

        assertThat(settings.policy().targetLatencyMs()).isEqualTo(60);
        assertThat(settings.policy().maxLatencyMs()).isNull();
        assertThat(settings.problems())
                .singleElement()
                .extracting(SettingProblem::where)
                .isEqualTo("latency max");
    }

    @Test
    void theAddressWeAssignedIsReadFromTheStateElement() {
        Domain domain = DomainXml.parse(domain("<v:state xmlns:v='urn:virt-sound:state:1' address='10.47.13.2'/>", ""));

        assertThat(domain.assignedAddress()).isEqualTo("10.47.13.2");
    }

    @Test
    void aDocumentTypeIsRefusedAndSoIsWhatIsTooLong() {
        assertThatThrownBy(() -> DomainXml.parse("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
                        + domain("", "").replace("desk", "&x;")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("DOCTYPE");
        assertThatThrownBy(() -> DomainXml.parse(" ".repeat(5 << 20)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected: <= ");
    }

    @Test
    void whatIsNoDomainSaysWhatIsMissing() {
        assertThatThrownBy(() -> DomainXml.parse("<domain/>"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no <uuid>");
        assertThatThrownBy(() -> DomainXml.parse("<domain")).isInstanceOf(IllegalArgumentException.class);
    }

    private static SoundSettings audio(String children) {
        SoundSettings settings = DomainXml.parse(
                        domain("<s:audio xmlns:s='urn:virt-sound:domain:1'>" + children + "</s:audio>", ""))
                .settings();
        return java.util.Objects.requireNonNull(settings);
    }

    private static String domain(String metadata, String devices) {
        return "<domain type='xen' id='7'><name>desk</name><uuid>" + UUID_TEXT
                + "</uuid><title>The desk</title><metadata>" + metadata + "</metadata><devices>" + devices
                + "</devices></domain>";
    }
}
