package org.virtsound.plugin.provision;

import java.util.UUID;

/**
 * A running domain that libvirt does not see, and that has no sound.
 *
 * @param nextStep what gives it sound
 */
public record Bystander(UUID uuid, String name, int id, String nextStep) {}
