package org.virtsound.audio.guest;

import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.FormatInfo;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;

/** A guest's playback stream. Owned by the audio loop. */
final class GuestPlayback extends GuestStream implements PlaybackListener {
    private final PlaybackStream stream;

    GuestPlayback(
            GuestSession session, StreamRequest request, @Nullable FormatInfo format, int channel, int createTag) {
        super(session, Direction.PLAYBACK, request, format, channel, createTag);
        stream = session.relay().play(request, this);
    }

    @Override
    PlaybackStream stream() {
        return stream;
    }

    @Override
    Answer openedAnswer(StreamOpened as) {
        return new Answer.PlaybackOpened(
                channel,
                index,
                as.creditBytes(),
                as.attr(),
                request.spec(),
                request.map(),
                GuestDevices.SINK_INDEX,
                GuestDevices.SINK,
                as.suspended(),
                as.deviceLatencyUs(),
                format);
    }

    @Override
    public void credit(int bytes) {
        out.credit(channel, bytes);
    }

    @Override
    public void started() {
        out.event(Opcode.STARTED, channel);
    }

    @Override
    public void underflow(long readIndex) {
        out.underflow(channel, readIndex);
    }

    @Override
    public void overflow() {
        out.event(Opcode.OVERFLOW, channel);
    }
}
