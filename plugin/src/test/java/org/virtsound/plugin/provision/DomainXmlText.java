package org.virtsound.plugin.provision;

import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A domain's XML as a test needs it. */
record DomainXmlText(String name, int id, String type, String audio, String state, String devices) {
    /** With our element and a NIC on SOUND, whose device and MAC end in the number. */
    static DomainXmlText guest(int number) {
        return new DomainXmlText(
                "guest" + number,
                number,
                "xen",
                "<audio xmlns='urn:virt-sound:domain:1'/>",
                "",
                "<interface type='bridge'><mac address='00:16:3e:00:00:" + String.format("%02x", number)
                        + "'/><source bridge='SOUND'/><target dev='vsg" + number + "'/></interface>");
    }

    /** A container with our element and without a NIC. */
    static DomainXmlText container(String name, int id) {
        return new DomainXmlText(name, id, "lxc", "<audio xmlns='urn:virt-sound:domain:1'/>", "", "");
    }

    UUID uuid() {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    DomainXmlText withAudio(String children) {
        return new DomainXmlText(
                name, id, type, "<audio xmlns='urn:virt-sound:domain:1'>" + children + "</audio>", state, devices);
    }

    DomainXmlText withElement(String audio) {
        return new DomainXmlText(name, id, type, audio, state, devices);
    }

    DomainXmlText withoutAudio() {
        return new DomainXmlText(name, id, type, "", state, devices);
    }

    DomainXmlText withState(String state) {
        return new DomainXmlText(name, id, type, audio, state, devices);
    }

    DomainXmlText withDevices(String devices) {
        return new DomainXmlText(name, id, type, audio, state, devices);
    }

    DomainXmlText withId(int id) {
        return new DomainXmlText(name, id, type, audio, state, devices);
    }

    @Override
    public String toString() {
        return "<domain type='" + type + "' id='" + id + "'><name>" + name + "</name><uuid>" + uuid()
                + "</uuid><metadata>" + audio + state + "</metadata><devices>" + devices + "</devices></domain>";
    }
}
