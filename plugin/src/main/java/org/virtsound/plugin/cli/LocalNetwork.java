package org.virtsound.plugin.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.net.CommandFailure;
import org.virtsound.net.Commands;
import org.virtsound.net.DhcpServer;
import org.virtsound.net.GuestPort;
import org.virtsound.net.LocalCommands;
import org.virtsound.net.MacAddress;
import org.virtsound.net.Maker;
import org.virtsound.net.NetworkPlan;
import org.virtsound.net.NetworkReport;
import org.virtsound.net.NetworkState;
import org.virtsound.net.SoundNetwork;
import org.virtsound.net.Subnet;
import org.virtsound.plugin.Privilege;

/** This machine's network as the command sees it: by itself, with the guests' ports of the daemon where one runs. */
final class LocalNetwork {
    private final SoundNetwork network;
    private final Path runtimeDir;
    private final Commands commands = new LocalCommands();
    private final @Nullable List<GuestPort> daemonPorts;

    LocalNetwork(ServiceOptions service) throws Failure {
        this.network = service.config().network().toSoundNetwork();
        this.runtimeDir = service.config().runtimeDir();
        if (!Privilege.mayManageNetwork()) {
            throw new Failure(ExitCode.NEEDS_ROOT, "the network needs root; try: sudo virt-sound net …");
        }
        this.daemonPorts = daemonPorts(service);
    }

    SoundNetwork network() {
        return network;
    }

    Commands commands() {
        return commands;
    }

    boolean hasDaemon() {
        return daemonPorts != null;
    }

    NetworkPlan up() throws Failure {
        NetworkState state = read();
        return NetworkPlan.up(network, ports(state), state, Maker.COMMAND);
    }

    NetworkReport report() throws Failure {
        List<GuestPort> ports = ports(read());
        try {
            return NetworkReport.read(commands, network, ports);
        } catch (CommandFailure e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()));
        }
    }

    NetworkPlan down() throws Failure {
        try {
            SoundNetwork there = NetworkState.named(commands, network);
            return NetworkPlan.down(there, NetworkState.read(commands, there), Maker.COMMAND);
        } catch (CommandFailure e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()));
        }
    }

    /** Ends the DHCP server of a daemon that was killed. */
    void endDhcp() {
        new DhcpServer(runtimeDir).close();
    }

    /** Those of the daemon; without one, those that it left to guests which go on. */
    private List<GuestPort> ports(NetworkState state) {
        return daemonPorts == null ? state.guestPorts() : daemonPorts;
    }

    private NetworkState read() throws Failure {
        try {
            return NetworkState.read(commands, network);
        } catch (CommandFailure e) {
            throw new Failure(ExitCode.FAILED, String.valueOf(e.getMessage()));
        }
    }

    /** Null where no daemon answers. */
    private static @Nullable List<GuestPort> daemonPorts(ServiceOptions service) throws Failure {
        Fields answer;
        try {
            answer = new Fields(service.control().get("/network"));
        } catch (Failure e) {
            if (e.exitCode() == ExitCode.NO_DAEMON) {
                return null;
            }
            throw e;
        }
        List<GuestPort> ports = new ArrayList<>();
        for (Object one : answer.list("ports")) {
            Fields port = new Fields(one);
            ports.add(new GuestPort(
                    port.text("device"), new MacAddress(port.text("mac")), Subnet.parseAddress(port.text("address"))));
        }
        return ports;
    }
}
