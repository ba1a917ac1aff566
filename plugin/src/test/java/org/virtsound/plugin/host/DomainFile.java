package org.virtsound.plugin.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.UUID;

/** A domain of type xen for the test driver: a NIC on SOUND whose device and MAC end in a number. */
public record DomainFile(String name, int number, String audio) {
    /** With an empty element of ours. */
    public static DomainFile guest(int number) {
        return new DomainFile("guest" + number, number, "<s:audio xmlns:s='urn:virt-sound:domain:1'/>");
    }

    public DomainFile withAudio(String children) {
        return new DomainFile(name, number, "<s:audio xmlns:s='urn:virt-sound:domain:1'>" + children + "</s:audio>");
    }

    public DomainFile withoutAudio() {
        return new DomainFile(name, number, "");
    }

    public UUID uuid() {
        return new UUID(0x6b0e2a526a584d7eL, 0x9b6b3d4c6a1f0000L + number);
    }

    public String device() {
        return "vsg" + number;
    }

    public String mac() {
        return String.format(Locale.ROOT, "00:16:3e:47:13:%02x", number);
    }

    public Path write(Path directory) throws IOException {
        return Files.writeString(directory.resolve(name + ".xml"), """
                <domain type='xen'>
                  <name>%s</name><uuid>%s</uuid><metadata>%s</metadata><memory unit='MiB'>8</memory>
                  <os><type arch='x86_64' machine='xenpv'>xen</type></os>
                  <devices><interface type='bridge'><mac address='%s'/><source bridge='SOUND'/><target dev='%s'/></interface></devices>
                </domain>
                """.formatted(name, uuid(), audio, mac(), device()));
    }
}
