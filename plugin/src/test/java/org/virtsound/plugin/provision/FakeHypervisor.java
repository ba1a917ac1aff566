package org.virtsound.plugin.provision;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.domain.DomainNames;

/** A libvirt of maps: what runs is in {@link #running}, what is defined in {@link #defined}, what was asked for is in the lists. */
final class FakeHypervisor implements Hypervisor {
    final Map<UUID, DomainXmlText> running = new LinkedHashMap<>();
    final Map<UUID, DomainXmlText> defined = new LinkedHashMap<>();
    final List<String> attached = new ArrayList<>();

    @Nullable
    String refusal;

    boolean down;

    /** What the next call throws. */
    @Nullable
    RuntimeException defect;

    /** It takes no metadata now. */
    boolean busy;

    /** It is not libvirt's. */
    boolean besideLibvirt;

    /** Defines a domain, or redefines it. */
    UUID define(DomainXmlText domain) {
        defined.put(domain.uuid(), domain);
        return domain.uuid();
    }

    /** Starts a domain, or changes it where it runs. */
    UUID run(DomainXmlText domain) {
        running.put(domain.uuid(), domain);
        return domain.uuid();
    }

    @Override
    public String uri() {
        return besideLibvirt ? "beside" : "fake:///";
    }

    @Override
    public boolean isBesideLibvirt() {
        return besideLibvirt;
    }

    @Override
    public List<UUID> domains() throws HypervisorException {
        check();
        Set<UUID> all = new LinkedHashSet<>(running.keySet());
        all.addAll(defined.keySet());
        return List.copyOf(all);
    }

    @Override
    public Optional<String> liveXml(UUID domain) throws HypervisorException {
        check();
        return Optional.ofNullable(running.get(domain)).map(DomainXmlText::toString);
    }

    @Override
    public Optional<UUID> find(String reference) throws HypervisorException {
        check();
        List<DomainNames> names = new ArrayList<>();
        running.values().forEach(domain -> names.add(new DomainNames(domain.id(), domain.uuid(), domain.name())));
        defined.values().forEach(domain -> names.add(new DomainNames(-1, domain.uuid(), domain.name())));
        return DomainNames.find(names, name -> name, reference).map(DomainNames::uuid);
    }

    @Override
    public Optional<String> persistentXml(UUID domain) throws HypervisorException {
        check();
        return Optional.ofNullable(defined.get(domain))
                .map(text -> text.toString().replaceFirst(" id='[0-9]+'", ""));
    }

    @Override
    public void detachDevice(UUID domain, String device, Set<Scope> scopes) {
        running.put(domain, running.get(domain).withDevices(""));
    }

    @Override
    public void setMetadata(UUID domain, String namespace, @Nullable String element, Set<Scope> scopes)
            throws HypervisorException {
        check();
        if (busy) {
            throw new HypervisorException("cannot acquire state change lock");
        }
        DomainXmlText text = running.get(domain);
        String named = element == null ? "" : element.replaceFirst("<(audio|state)", "<$1 xmlns='" + namespace + "'");
        running.put(domain, namespace.contains("state") ? text.withState(named) : text.withElement(named));
    }

    @Override
    public void attachDevice(UUID domain, String device, Set<Scope> scopes) throws HypervisorException {
        check();
        if (refusal != null) {
            throw new HypervisorException(refusal);
        }
        attached.add(device);
        DomainXmlText text = running.get(domain);
        running.put(domain, text.withDevices(device.replace("</interface>", "<target dev='vnet9'/></interface>")));
    }

    private void check() throws HypervisorException {
        RuntimeException once = defect;
        if (once != null) {
            defect = null;
            throw once;
        }
        if (down) {
            throw new HypervisorException("client socket is closed");
        }
    }
}
