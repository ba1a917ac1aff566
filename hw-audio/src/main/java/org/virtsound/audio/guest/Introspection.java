package org.virtsound.audio.guest;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.ClientInfo;
import org.virtsound.audio.pulse.Command;
import org.virtsound.audio.pulse.Direction;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.Proplist;
import org.virtsound.audio.pulse.Query;
import org.virtsound.audio.pulse.StreamInfo;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.ErrorCode;

/**
 * What a guest may look at: one sink, one source, itself and its own streams, answered here. Some clients crash without these
 * answers.
 *
 * <p>Source: pulse-mediation.md, A. Owned by the audio loop.
 */
final class Introspection {
    private static final Answer NOTHING = new Answer.Done();
    private static final Answer NO_MEMORY = new Answer.Statistics(0, 0, 0, 0, 0);

    private final GuestSession session;

    Introspection(GuestSession session) {
        this.session = session;
    }

    void answer(Opcode opcode, int tag, TagReader in) {
        Answer answer = answerTo((Query) session.decode(opcode));
        if (answer == null) {
            session.out().error(tag, ErrorCode.NOENTITY);
        } else {
            session.out().command(tag, answer);
        }
    }

    /** @return null where a guest has no such thing */
    private @Nullable Answer answerTo(Query query) {
        if (query instanceof Query.GetDeviceInfo device) {
            return GuestDevices.means(device.direction(), device.index(), device.name())
                    ? GuestDevices.list(device.direction())
                    : null;
        }
        if (query instanceof Query.Lookup lookup) {
            return GuestDevices.means(lookup.direction(), Command.NONE, lookup.name())
                    ? new Answer.Found(GuestDevices.indexOf(lookup.direction()))
                    : null;
        }
        if (query instanceof Query.GetStreamInfo stream) {
            List<StreamInfo> found = streams(stream.direction()).stream()
                    .filter(info -> info.index() == stream.index())
                    .toList();
            return found.isEmpty() ? null : new Answer.StreamInfos(stream.direction(), found);
        }
        if (query instanceof Query.GetClientInfo client) {
            return client.index() == session.clientIndex() ? client() : null;
        }
        return switch (query.opcode()) {
            case GET_SERVER_INFO -> GuestDevices.SERVER;
            case STAT -> NO_MEMORY;
            case GET_SINK_INFO_LIST -> GuestDevices.SINKS;
            case GET_SOURCE_INFO_LIST -> GuestDevices.SOURCES;
            case GET_SINK_INPUT_INFO_LIST -> new Answer.StreamInfos(Direction.PLAYBACK, streams(Direction.PLAYBACK));
            case GET_SOURCE_OUTPUT_INFO_LIST -> new Answer.StreamInfos(Direction.RECORD, streams(Direction.RECORD));
            case GET_CLIENT_INFO_LIST -> client();
            default -> NOTHING;
        };
    }

    private List<StreamInfo> streams(Direction direction) {
        return session.streams(direction).stream()
                .filter(GuestStream::isOpen)
                .map(stream -> stream.info(session.clientIndex()))
                .toList();
    }

    private Answer client() {
        String name = session.relay().guest().name();
        return new Answer.ClientInfos(List.of(new ClientInfo(
                session.clientIndex(), name, Command.NONE, "virt-sound", Proplist.of("application.name", name))));
    }
}
