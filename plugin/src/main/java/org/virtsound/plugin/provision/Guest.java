package org.virtsound.plugin.provision;

import java.net.Inet4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.audio.relay.GuestRelay;
import org.virtsound.net.GuestPort;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.SoundSettings;
import org.virtsound.plugin.domain.Transport;

/** One domain that takes part, as the reconciler works on it; its thread alone reads and writes this. */
final class Guest {
    final UUID uuid;
    Hypervisor hypervisor;
    Domain domain;
    Transport transport = Transport.NETWORK;

    @Nullable
    Inet4Address address;

    @Nullable
    GuestPort port;

    /** Where the host listens to it, null where it does not. */
    @Nullable
    Inet4Address offered;

    /** Its agent is let in over vchans. */
    boolean vchan;

    /** Where it is let in by a socket, as in {@code unix:PATH}; null where it is not. */
    @Nullable
    String socket;

    @Nullable
    GuestRelay relay;
    /** In force at the relay. */
    @Nullable
    GuestPolicy policy;

    /** Found at the last look, each with the next step. */
    final List<String> problems = new ArrayList<>();

    /** Those that were told already: each is told once. */
    List<String> told = List.of();

    /** How often a NIC was asked for in this run of the domain. */
    int nicAsked;

    /** Not asked for again before then. */
    long nicDueNanos;

    /** Why there is none, null where libvirt did not refuse. */
    @Nullable
    String nicRefused;

    /** The state element last written or tried. */
    @Nullable
    String stateTried;

    Guest(Hypervisor hypervisor, Domain domain) {
        this.uuid = domain.uuid();
        this.hypervisor = hypervisor;
        this.domain = domain;
    }

    SoundSettings settings() {
        SoundSettings settings = domain.settings();
        return settings == null ? SoundSettings.DEFAULT : settings;
    }

    GuestView view(String bridge) {
        return new GuestView(
                domain,
                hypervisor.uri(),
                transport,
                domain.nicOn(bridge),
                address == null ? socket : address.getHostAddress(),
                port,
                relay,
                problems);
    }
}
