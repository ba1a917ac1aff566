package org.virtsound.plugin.provision;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.virtsound.net.SoundNetwork;
import org.virtsound.plugin.config.OutsideMachine;
import org.virtsound.plugin.domain.SoundSettings;

/**
 * The machines behind the uplink as domains that always run, with a NIC whose device is the uplink, so that each has what a guest
 * has. What is changed while they are served is kept for as long as the service runs.
 */
public final class OutsideMachines implements Hypervisor {
    private final SoundNetwork network;
    private final Map<UUID, OutsideMachine> machines = new LinkedHashMap<>();
    private final Map<UUID, String> changed = new LinkedHashMap<>();

    /** @param network with an uplink */
    public OutsideMachines(SoundNetwork network, List<OutsideMachine> machines) {
        this.network = network;
        machines.forEach(machine -> this.machines.put(machine.uuid(), machine));
    }

    @Override
    public String uri() {
        return "uplink " + network.uplink();
    }

    @Override
    public List<UUID> domains() {
        return List.copyOf(machines.keySet());
    }

    @Override
    public synchronized Optional<String> liveXml(UUID uuid) {
        return Optional.ofNullable(machines.get(uuid)).map(this::xml);
    }

    @Override
    public Optional<UUID> find(String reference) {
        return machines.values().stream()
                .filter(machine -> machine.known().equals(reference)
                        || machine.uuid().toString().equalsIgnoreCase(reference))
                .map(OutsideMachine::uuid)
                .findFirst();
    }

    /** None: what holds from its next start on is written in the configuration. */
    @Override
    public Optional<String> persistentXml(UUID uuid) {
        return Optional.empty();
    }

    @Override
    public synchronized void setMetadata(UUID uuid, String namespace, @Nullable String element, Set<Scope> scopes)
            throws HypervisorException {
        if (!namespace.equals(SoundSettings.NAMESPACE)) {
            return; // its address is in the configuration
        }
        if (element == null) {
            throw configured(uuid);
        }
        changed.put(uuid, element);
    }

    @Override
    public void attachDevice(UUID uuid, String device, Set<Scope> scopes) throws HypervisorException {
        throw configured(uuid);
    }

    @Override
    public void detachDevice(UUID uuid, String device, Set<Scope> scopes) throws HypervisorException {
        throw configured(uuid);
    }

    private HypervisorException configured(UUID uuid) {
        OutsideMachine machine = machines.get(uuid);
        return new HypervisorException(configured(machine == null ? "machine " + uuid : machine.known()));
    }

    private static String configured(String name) {
        return name + " is written in the service's configuration; change it there and restart";
    }

    @Override
    public String nicAwayByHand(String name, String mac) {
        return configured(name);
    }

    private String xml(OutsideMachine machine) {
        String audio = changed.getOrDefault(
                machine.uuid(),
                "<audio><capture policy='" + lower(machine.mic()) + "'/><transport type='network' address='"
                        + machine.address().getHostAddress() + "'/></audio>");
        return "<domain type='machine'><name>" + machine.known() + "</name><uuid>" + machine.uuid() + "</uuid><title>"
                + machine.name() + "</title><metadata>"
                + audio.replaceFirst("<audio", "<audio xmlns='" + SoundSettings.NAMESPACE + "'")
                + "<state xmlns='" + SoundSettings.STATE_NAMESPACE + "' address='"
                + machine.address().getHostAddress() + "'/></metadata><devices><interface type='bridge'><mac address='"
                + machine.mac() + "'/><source bridge='"
                + network.bridge() + "'/><target dev='" + network.uplink() + "'/></interface></devices></domain>";
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    /** Who is served, for people. */
    @Override
    public String toString() {
        return machines.isEmpty()
                ? "none of them is served, since none is listed: machine { NAME { mac = …, address = … } }"
                : "served are "
                        + machines.values().stream().map(OutsideMachine::known).collect(Collectors.joining(", "))
                        + ", each known by its MAC and address, which another machine out there can take on";
    }
}
