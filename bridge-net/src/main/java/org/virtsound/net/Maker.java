package org.virtsound.net;

import java.util.Arrays;
import java.util.Optional;

/** Who made the bridge and the tap; written on them as their alias, so that nobody removes what another made. */
public enum Maker {
    DAEMON("virtsoundd"),
    COMMAND("virt-sound net up");

    private final String who;

    Maker(String who) {
        this.who = who;
    }

    /** The device's alias. */
    String alias() {
        return "made by " + who;
    }

    static Optional<Maker> of(String alias) {
        return Arrays.stream(values())
                .filter(maker -> maker.alias().equals(alias))
                .findAny();
    }

    @Override
    public String toString() {
        return who;
    }
}
