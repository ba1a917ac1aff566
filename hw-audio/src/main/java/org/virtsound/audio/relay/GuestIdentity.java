package org.virtsound.audio.relay;

import java.util.UUID;

/**
 * Who a guest is, known from where it comes in, never from what it says.
 *
 * @param uuid the domain's, or one made from a local endpoint's name
 * @param name the domain's name
 * @param title what a mixer shows: the domain's title, else its name
 */
public record GuestIdentity(UUID uuid, String name, String title) {}
