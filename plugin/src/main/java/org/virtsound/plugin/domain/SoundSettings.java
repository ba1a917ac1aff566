package org.virtsound.plugin.domain;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.relay.GuestPolicy;

/**
 * What a domain's metadata element asks for; what is not said, or said wrongly, has its default.
 *
 * @param address that the user wants, null for one of ours
 * @param offersSource the host's applications may listen to the guest's own sound server
 * @param problems what was said wrongly
 */
public record SoundSettings(
        GuestPolicy policy,
        Transport transport,
        @Nullable String address,
        boolean offersSource,
        List<SettingProblem> problems) {
    /** The namespace of the user's element. */
    public static final String NAMESPACE = "urn:virt-sound:domain:1";

    /** The namespace of the element that holds what we assign. */
    public static final String STATE_NAMESPACE = "urn:virt-sound:state:1";

    /** An empty {@code <audio/>}. */
    public static final SoundSettings DEFAULT =
            new SoundSettings(GuestPolicy.DEFAULT, Transport.AUTO, null, false, List.of());

    public SoundSettings {
        problems = List.copyOf(problems);
    }
}
