package org.virtsound.plugin.xen;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.vchan.XenStore;
import org.virtsound.plugin.domain.DomainNames;
import org.virtsound.plugin.domain.DomainXml;
import org.virtsound.plugin.domain.SoundSettings;
import org.virtsound.plugin.provision.Hypervisor;
import org.virtsound.plugin.provision.HypervisorException;

/**
 * The guests that were started by xl, which libvirt does not see. libxl keeps a file for each domain, libvirt one more for each of its
 * own, a moment later; xenstore has names and NICs. A NIC on the bridge asks for sound. What libvirt keeps as metadata is kept in xenstore, for as
 * long as the domain runs.
 */
public final class XlGuests implements Hypervisor {
    public static final String URI = "xl";

    private static final Pattern FILE = Pattern.compile("userdata-d\\.([0-9]{1,9})\\.([0-9a-f-]{36})\\.libxl-json");

    /** After which libvirt would have added its own. */
    private static final Duration SETTLED_AFTER = Duration.ofSeconds(10);

    private final Set<Path> settled = new HashSet<>();
    private final List<Path> xenstore;
    private final Path files;
    private final Path devices;
    private final String bridge;

    /**
     * @param xenstore where it is, tried in this order
     * @param files of libxl, {@code /var/lib/xen}
     * @param devices the kernel's list, {@code /sys/class/net}
     * @param bridge that asks for sound
     */
    public XlGuests(List<Path> xenstore, Path files, Path devices, String bridge) {
        this.xenstore = xenstore;
        this.files = files;
        this.devices = devices;
        this.bridge = bridge;
    }

    /** Whether this host is Xen's, with xl on it. */
    public boolean canBe() {
        return Files.isDirectory(files) && xenstore.stream().anyMatch(Files::exists);
    }

    private record Started(UUID uuid, int domid, String name) {
        DomainNames names() {
            return new DomainNames(domid, uuid, name);
        }
    }

    @Override
    public String uri() {
        return URI;
    }

    @Override
    public List<UUID> domains() throws HypervisorException {
        return asked(store -> started(store).stream().map(Started::uuid).toList());
    }

    @Override
    public Optional<String> liveXml(UUID uuid) throws HypervisorException {
        return asked(store -> {
            Optional<Started> domain = started(store, uuid);
            return domain.isEmpty() ? Optional.<String>empty() : Optional.of(xml(store, domain.get()));
        });
    }

    @Override
    public Optional<UUID> find(String reference) throws HypervisorException {
        return asked(store ->
                DomainNames.find(started(store), Started::names, reference).map(Started::uuid));
    }

    @Override
    public Optional<String> persistentXml(UUID domain) {
        return Optional.empty();
    }

    @Override
    public void setMetadata(UUID uuid, String namespace, @Nullable String element, Set<Scope> scopes)
            throws HypervisorException {
        boolean unusedDone = asked(store -> {
            Optional<Started> domain = started(store, uuid);
            if (domain.isPresent() && element == null) {
                store.remove(node(domain.get(), namespace));
            } else if (domain.isPresent()) {
                store.write(node(domain.get(), namespace), String.valueOf(element));
            }
            return true;
        });
    }

    @Override
    public void attachDevice(UUID domain, String device, Set<Scope> scopes) throws HypervisorException {
        throw new HypervisorException("it was started by xl");
    }

    @Override
    public void detachDevice(UUID domain, String device, Set<Scope> scopes) throws HypervisorException {
        throw new HypervisorException("it was started by xl");
    }

    @Override
    public boolean isBesideLibvirt() {
        return true;
    }

    @Override
    public String nicByHand(String name, String onBridge) {
        return "xl network-attach " + name + " bridge=" + onBridge + "; for its next start, vif = [ \"bridge="
                + onBridge + "\" ] in its configuration";
    }

    @Override
    public String nicAwayByHand(String name, String mac) {
        return "xl network-detach " + name + " " + mac
                + "; for its next start, out of vif = [ … ] in its configuration";
    }

    private List<Started> started(XenStore store) throws IOException {
        List<Started> started = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(files, "userdata-d.*.libxl-json")) {
            Set<Path> listed = new HashSet<>();
            for (Path file : all) {
                listed.add(file);
                Matcher words = FILE.matcher(file.getFileName().toString());
                if (words.matches() && isSettled(file)) {
                    int domid = Integer.parseInt(words.group(1));
                    String home = "/local/domain/" + domid;
                    // A file may be older than a crash of the host: then the domain is another or none.
                    String vm = store.read(home + "/vm");
                    String name = store.read(home + "/name");
                    if (name != null
                            && vm != null
                            && vm.toLowerCase(Locale.ROOT).contains(words.group(2))) {
                        started.add(new Started(UUID.fromString(words.group(2)), domid, name));
                    }
                }
            }
            settled.retainAll(listed);
        }
        return started;
    }

    /**
     * The file is written anew when a device comes; that makes no new guest of it. One from the future is of before the clock was
     * set back.
     */
    private boolean isSettled(Path file) throws IOException {
        Path libvirts = file.resolveSibling(file.getFileName().toString().replace(".libxl-json", ".libvirt-xml"));
        if (Files.exists(libvirts)) {
            settled.remove(file);
            return false;
        }
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            if (Duration.between(written, Instant.now()).abs().compareTo(SETTLED_AFTER) > 0) {
                settled.add(file);
            }
        } catch (NoSuchFileException e) {
            return false; // its domain has just ended
        }
        return settled.contains(file);
    }

    private Optional<Started> started(XenStore store, UUID uuid) throws IOException {
        return started(store).stream()
                .filter(domain -> domain.uuid().equals(uuid))
                .findFirst();
    }

    /** As libvirt would write it. */
    private String xml(XenStore store, Started domain) throws IOException {
        StringBuilder interfaces = new StringBuilder();
        String address = null;
        for (Vif vif : Vif.of(store, domain.domid())) {
            if (vif.bridge() != null) {
                String device = vif.device(devices);
                interfaces.append("<interface type='bridge'><mac address='" + DomainXml.escaped(vif.mac())
                        + "'/><source bridge='"
                        + DomainXml.escaped(vif.bridge()) + "'/>"
                        + (device == null ? "" : "<target dev='" + DomainXml.escaped(device) + "'/>") + "</interface>");
                address = address == null && bridge.equals(vif.bridge()) ? vif.address() : address;
            }
        }
        String settings = metadata(store, domain, SoundSettings.NAMESPACE);
        if (settings.isEmpty() && address != null) {
            settings = "<audio xmlns='" + SoundSettings.NAMESPACE + "'><transport type='network' address='"
                    + DomainXml.escaped(address) + "'/></audio>";
        }
        return "<domain type='xen' id='" + domain.domid() + "'><name>" + DomainXml.escaped(domain.name())
                + "</name><uuid>"
                + domain.uuid() + "</uuid><metadata>" + settings
                + metadata(store, domain, SoundSettings.STATE_NAMESPACE)
                + "</metadata><devices>" + interfaces + "</devices></domain>";
    }

    /** @return the element that was set, with the namespace that it was set under; empty where there is none */
    private static String metadata(XenStore store, Started domain, String namespace) throws IOException {
        String element = store.read(node(domain, namespace));
        return element == null ? "" : element.replaceFirst("^<([a-z]+)", "<$1 xmlns='" + namespace + "'");
    }

    /** Below what libxl keeps of the domain: the guest cannot read it, and it goes with the domain. */
    private static String node(Started domain, String namespace) {
        return "/libxl/" + domain.domid() + "/virt-sound/"
                + (namespace.equals(SoundSettings.STATE_NAMESPACE) ? "state" : "settings");
    }

    private interface Question<T> {
        T to(XenStore store) throws IOException;
    }

    private <T> T asked(Question<T> question) throws HypervisorException {
        try (XenStore store = XenStore.connect(xenstore)) {
            return question.to(store);
        } catch (IOException e) {
            throw new HypervisorException("xenstore: " + e.getMessage());
        }
    }
}
