package org.virtsound.audio.host;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.function.Consumer;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.CreateRecordStream;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Request;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.RecordListener;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.StreamOpened;
import org.virtsound.audio.stream.StreamRequest;

/** A source output on the host's server. Owned by the audio loop. */
final class PulseRecord extends PulseStream implements RecordStream {
    private final HostIdentity identity;
    private final RecordListener listener;

    PulseRecord(
            PulseClient client,
            HostIdentity identity,
            StreamRequest request,
            RecordListener listener,
            Consumer<? super PulseStream> onClosed) {
        super(client, Direction.RECORD, request, listener, onClosed);
        this.identity = identity;
        this.listener = listener;
    }

    @Override
    Request creation() {
        return new CreateRecordStream(
                request.spec(),
                request.map(),
                Command.NONE,
                request.device(),
                request.attr(),
                PulsePlayback.flags(request),
                identity.stream(request.name()),
                Command.NONE,
                List.of(),
                PulsePlayback.volume(request));
    }

    @Override
    void created(TagReader in, int version) {
        Answer.RecordOpened opened = Answer.RecordOpened.decode(in, version);
        if (known(opened.channel(), opened.streamIndex())) {
            client.add(opened.channel(), this);
            listener.opened(new StreamOpened(opened.attr(), opened.sourceLatencyUs(), opened.suspended(), 0));
        }
    }

    void fragment(ByteBuf fragment) {
        listener.fragment(fragment);
    }
}
