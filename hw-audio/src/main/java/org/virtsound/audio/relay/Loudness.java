package org.virtsound.audio.relay;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.ChannelVolumes;

/** The guest's own volume and the owner's, put together; what nobody has set stays null, for the host's memory to decide. */
final class Loudness {
    private Loudness() {}

    static @Nullable ChannelVolumes volume(@Nullable ChannelVolumes guest, @Nullable Integer percent, int channels) {
        if (percent == null) {
            return guest;
        }
        int owners = (int) Math.round(percent * (ChannelVolumes.NORM / 100.0));
        if (guest == null) {
            return ChannelVolumes.flat(channels, owners);
        }
        List<Integer> product = new ArrayList<>(guest.volumes().size());
        for (int volume : guest.volumes()) {
            product.add((int) Math.min(ChannelVolumes.MAX, (long) volume * owners / ChannelVolumes.NORM));
        }
        return new ChannelVolumes(product);
    }

    static @Nullable Boolean mute(@Nullable Boolean guest, @Nullable Boolean owner) {
        if (guest == null) {
            return owner;
        }
        return guest || Boolean.TRUE.equals(owner);
    }
}
