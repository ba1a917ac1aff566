package org.virtsound.plugin.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestLimits;
import org.virtsound.audio.relay.LatencyBudget;
import org.virtsound.net.DhcpServer;
import org.virtsound.net.SoundNetwork;
import org.virtsound.net.Subnet;

/**
 * virt-sound.conf as values; what the file does not say has the default of the manual.
 *
 * @param libvirtUris tried in this order
 * @param serveAllUris a list was given: all of them are served; otherwise the first that answers
 * @param hostServer where guests are heard: auto, unix:PATH, tcp:HOST:PORT, alsa:PCM, wav:DIR or silence
 * @param runtimeDir of the control socket and the lock
 * @param machines behind the network's uplink
 * @param locals endpoints for users and containers of this machine
 * @param localDir of the files of those that were added by the command
 */
public record ServiceConfig(
        List<String> libvirtUris,
        boolean serveAllUris,
        String hostServer,
        Path runtimeDir,
        Network network,
        Audio audio,
        GuestLimits limits,
        Vchan vchan,
        Qubes qubes,
        Control control,
        Metrics metrics,
        List<OutsideMachine> machines,
        List<LocalEndpoint> locals,
        Path localDir) {

    public ServiceConfig {
        libvirtUris = List.copyOf(libvirtUris);
        machines = List.copyOf(machines);
        locals = List.copyOf(locals);
    }

    /** Whether the guests get their address by DHCP: auto, where dnsmasq is installed. */
    public enum Dhcp {
        AUTO,
        YES,
        NO
    }

    /**
     * The SOUND network.
     *
     * @param subnet network/prefix; the host has its first address
     * @param port of the guests' endpoint on the host's address
     * @param keep leave the network in place when the service ends
     * @param firewalldZone to put the bridge into, null for none
     * @param uplink a real Ethernet port that becomes a member of the bridge, null for none
     */
    public record Network(
            String bridge,
            String tap,
            String subnet,
            int port,
            boolean keep,
            Dhcp dhcp,
            @Nullable String firewalldZone,
            @Nullable String uplink) {

        private boolean servesDhcp() {
            return dhcp == Dhcp.YES || (dhcp == Dhcp.AUTO && DhcpServer.isInstalled());
        }

        /** @throws IllegalArgumentException where the values do not go together; the message says why */
        public SoundNetwork toSoundNetwork() {
            return new SoundNetwork(bridge, tap, Subnet.parse(subnet), port, servesDhcp(), uplink, firewalldZone);
        }
    }

    /** @param silenceAfterSeconds of silence, after which a stream sleeps */
    public record Audio(int silenceAfterSeconds, LatencyBudget latency) {}

    /** How vchans are reached: Xen's own, or sockets in a directory for a machine without Xen. */
    public record Vchan(Transport transport, @Nullable Path socketDir) {
        public enum Transport {
            XEN,
            SOCKET
        }
    }

    /** The Qubes agents' surroundings. */
    public record Qubes(boolean dbus, boolean controlSocket, Path controlDir, boolean qubesdb, Path qubesdbSocket) {}

    /** @param listen on loopback, null for the control socket alone */
    public record Metrics(@Nullable InetSocketAddress listen) {}

    /** @param group whose members may use the control socket, besides root and the service's own uid; null for none */
    public record Control(@Nullable String group) {}
}
