package org.virtsound.plugin.domain;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a user can call a domain by.
 *
 * @param id negative where it does not run
 */
public record DomainNames(int id, UUID uuid, String name) {
    /**
     * Which of one hypervisor's domains is meant, as virsh takes it.
     *
     * @param reference an id, else a UUID, else a name
     */
    public static <T> Optional<T> find(Collection<T> domains, Function<T, DomainNames> names, String reference) {
        return Stream.<Predicate<DomainNames>>of(
                        domain -> domain.id >= 0 && Integer.toString(domain.id).equals(reference),
                        domain -> domain.uuid.toString().equalsIgnoreCase(reference),
                        domain -> domain.name.equals(reference))
                .flatMap(isMeant -> domains.stream().filter(domain -> isMeant.test(names.apply(domain))))
                .findFirst();
    }

    /** What to say where the reference fits a domain of each of several hypervisors. */
    public static String several(String reference, List<DomainNames> meant) {
        return meant.stream()
                .map(domain -> "domain " + domain.name + " (" + domain.uuid + ")")
                .collect(
                        Collectors.joining(" or ", reference + " can be ", "; name the one that you mean by its UUID"));
    }
}
