package org.virtsound.audio.guest;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.FormatInfo;
import org.virtsound.audio.relay.MicListener;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.Reply;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;

/** A guest's record stream; what the guest does not read in time waits in a {@link RecordOutlet}. Owned by the audio loop. */
final class GuestRecord extends GuestStream implements MicListener {
    private final RecordStream stream;
    private final RecordOutlet outlet;

    GuestRecord(GuestSession session, StreamRequest request, @Nullable FormatInfo format, int channel, int createTag) {
        super(session, Direction.RECORD, request, format, channel, createTag);
        outlet = new RecordOutlet(out, session.loop(), channel, request.spec(), session.relay());
        stream = session.relay().record(request, this);
    }

    @Override
    RecordStream stream() {
        return stream;
    }

    RecordOutlet outlet() {
        return outlet;
    }

    /** What was recorded until the host has flushed does not follow the reply. */
    @Override
    void flush(Reply reply) {
        super.flush(error -> {
            outlet.drop();
            reply.done(error);
        });
    }

    @Override
    void sampleRate(int rateHz, Reply reply) {
        super.sampleRate(rateHz, error -> {
            if (error == ErrorCode.OK) {
                SampleSpec first = request.spec();
                outlet.bound(new SampleSpec(first.format(), first.channels(), rateHz));
            }
            reply.done(error);
        });
    }

    @Override
    Answer openedAnswer(StreamOpened as) {
        return new Answer.RecordOpened(
                channel,
                index,
                as.attr(),
                request.spec(),
                request.map(),
                GuestDevices.SOURCE_INDEX,
                GuestDevices.SOURCE,
                as.suspended(),
                as.deviceLatencyUs(),
                format);
    }

    @Override
    public void fragment(ByteBuf fragment) {
        outlet.offer(fragment);
    }

    @Override
    public void granted() {
        outlet.live();
    }

    @Override
    public void recalled() {
        outlet.recall();
    }
}
