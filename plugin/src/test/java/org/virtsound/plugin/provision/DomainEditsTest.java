package org.virtsound.plugin.provision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.virtsound.plugin.domain.AudioElement.Setting;
import org.virtsound.plugin.provision.Inbox.Note;

class DomainEditsTest {
    private final Inbox inbox = new Inbox();
    private final DomainEdits edits = new DomainEdits("SOUND", inbox);
    private final FakeHypervisor libvirt = new FakeHypervisor();

    @Test
    void aSettingIsWrittenIntoTheLiveDomainWhichIsThenReadAgain() throws Exception {
        var uuid = libvirt.run(DomainXmlText.guest(1).withAudio("<capture policy='off'/>"));
        edits.set(List.of(libvirt), "guest1", List.of(new Setting("playback", "volume", "40%")), false);

        assertThat(libvirt.running.get(uuid).audio()).contains("volume=\"40%\"", "policy=\"off\"");
        assertThat(inbox.take(0)).containsExactly(new Note.Changed(libvirt, uuid));
    }

    @Test
    void disablingTakesTheElementAndTheNicOfOursAway() throws Exception {
        var ours = libvirt.run(DomainXmlText.guest(2)
                .withDevices(DomainXmlText.guest(2)
                        .devices()
                        .replace("</interface>", "<alias name='ua-virt-sound'/></interface>")));
        edits.disable(List.of(libvirt), "guest2");

        assertThat(libvirt.running.get(ours).audio()).isEmpty();
        assertThat(libvirt.running.get(ours).devices()).isEmpty();
    }

    @Test
    void aNicOfTheUsersOwnStaysAndSoDoesTheElementThatMayForbidSomething() {
        var own = libvirt.run(DomainXmlText.guest(1).withAudio("<capture policy='off'/>"));

        assertThatThrownBy(() -> edits.disable(List.of(libvirt), "guest1"))
                .hasMessageContaining("virsh -c fake:/// detach-interface guest1 bridge --mac 00:16:3e:00:00:01");
        assertThat(libvirt.running.get(own).audio()).contains("policy='off'");
        assertThat(libvirt.running.get(own).devices()).isNotEmpty();
    }

    @Test
    void whereSeveralHypervisorsHaveOneThatIsMeantTheOneThatRunsIs() throws Exception {
        FakeHypervisor containers = new FakeHypervisor();
        var third = libvirt.run(DomainXmlText.guest(3));
        containers.define(DomainXmlText.container("3", 1));
        assertThat(DomainEdits.find(List.of(containers, libvirt), "3").uuid()).isEqualTo(third);

        var named = containers.run(DomainXmlText.container("3", 1));
        assertThatThrownBy(() -> DomainEdits.find(List.of(containers, libvirt), "3"))
                .hasMessageContaining("domain guest3 (" + third + ")")
                .hasMessageContaining("domain 3 (" + named + ")")
                .hasMessageContaining("by its UUID");
        assertThat(DomainEdits.find(List.of(libvirt, containers), named.toString())
                        .uuid())
                .isEqualTo(named);
        assertThat(DomainEdits.find(List.of(libvirt, containers), "1").uuid()).isEqualTo(named);
    }

    @Test
    void oneThatDoesNotAnswerHidesNoneOfTheOthers() throws Exception {
        FakeHypervisor dead = new FakeHypervisor();
        dead.down = true;
        var guest = libvirt.run(DomainXmlText.guest(3));

        assertThat(DomainEdits.find(List.of(dead, libvirt), "guest3").uuid()).isEqualTo(guest);
        assertThatThrownBy(() -> DomainEdits.find(List.of(dead, libvirt), "guest4"))
                .hasMessageContaining("client socket is closed");
    }

    @Test
    void whatCannotBeDoneSaysWhatToDoAndChangesNothing() {
        var uuid = libvirt.run(DomainXmlText.guest(1));
        List<Setting> settings = List.of(new Setting("playback", "volume", "40%"));

        assertThatThrownBy(() -> edits.set(List.of(libvirt), "nobody", settings, false))
                .hasMessageContaining("virsh list --all");
        assertThatThrownBy(() -> edits.set(List.of(), "guest1", settings, false))
                .hasMessageContaining("libvirt is not there");
        assertThatThrownBy(() -> edits.set(List.of(libvirt), "guest1", settings, true))
                .hasMessageContaining("transient");
        assertThat(libvirt.running.get(uuid).audio()).doesNotContain("volume");
    }
}
