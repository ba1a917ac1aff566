package org.virtsound.audio.pulse;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.Timing;

/** REPLY: a request was carried out. What is in it depends on the request, which the tag tells. */
public sealed interface Answer extends Command {
    @Override
    default Opcode opcode() {
        return Opcode.REPLY;
    }

    /**
     * @param request what was asked
     * @return null where this request's answer has no record here
     */
    static @Nullable Answer decode(Opcode request, TagReader in, int version) {
        return switch (request) {
            case AUTH -> Authorized.decode(in, version);
            case SET_CLIENT_NAME -> ClientIndex.decode(in, version);
            case CREATE_PLAYBACK_STREAM -> PlaybackOpened.decode(in, version);
            case CREATE_RECORD_STREAM -> RecordOpened.decode(in, version);
            case GET_PLAYBACK_LATENCY -> Latency.decode(Direction.PLAYBACK, in, version);
            case GET_RECORD_LATENCY -> Latency.decode(Direction.RECORD, in, version);
            case SET_PLAYBACK_STREAM_BUFFER_ATTR -> BufferAttrSet.decode(Direction.PLAYBACK, in, version);
            case SET_RECORD_STREAM_BUFFER_ATTR -> BufferAttrSet.decode(Direction.RECORD, in, version);
            case GET_SERVER_INFO -> ServerInfo.decode(in, version);
            case GET_SINK_INFO, GET_SINK_INFO_LIST -> DeviceInfos.decode(Direction.PLAYBACK, in, version);
            case GET_SOURCE_INFO, GET_SOURCE_INFO_LIST -> DeviceInfos.decode(Direction.RECORD, in, version);
            case GET_SINK_INPUT_INFO, GET_SINK_INPUT_INFO_LIST -> StreamInfos.decode(Direction.PLAYBACK, in, version);
            case GET_SOURCE_OUTPUT_INFO, GET_SOURCE_OUTPUT_INFO_LIST ->
                StreamInfos.decode(Direction.RECORD, in, version);
            case GET_CLIENT_INFO, GET_CLIENT_INFO_LIST -> ClientInfos.decode(in, version);
            case LOOKUP_SINK, LOOKUP_SOURCE, LOAD_MODULE -> Found.decode(in, version);
            case STAT -> Statistics.decode(in, version);
            default -> in.hasMore() ? null : new Done();
        };
    }

    /** Nothing to add. */
    record Done() implements Answer {
        @Override
        public void encode(TagWriter out, int version) {}
    }

    /**
     * To AUTH.
     *
     * @param version what the server speaks, 0..65535
     * @param flags the upper 16 bits; always 0 to a guest, old tunnels do not mask them
     */
    record Authorized(int version, int flags) implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.u32(this.version | flags);
        }

        /** @param version not looked at: this packet decides it */
        public static Authorized decode(TagReader in, int version) {
            int word = in.u32();
            in.end();
            return new Authorized(word & SessionRequest.Auth.VERSION_MASK, word & ~SessionRequest.Auth.VERSION_MASK);
        }
    }

    /** To SET_CLIENT_NAME; -1 breaks libpulse. */
    record ClientIndex(int index) implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.u32(index);
        }

        public static ClientIndex decode(TagReader in, int version) {
            ClientIndex answer = new ClientIndex(in.u32());
            in.end();
            return answer;
        }
    }

    /**
     * To CREATE_PLAYBACK_STREAM. libpulse wants the spec it asked for, a sink index and a sink name.
     *
     * @param missingBytes credit to begin with
     * @param sinkLatencyUs as configured
     * @param format what was chosen; sent from version 21 on
     */
    record PlaybackOpened(
            int channel,
            int streamIndex,
            int missingBytes,
            BufferAttr attr,
            SampleSpec spec,
            ChannelMap map,
            int sinkIndex,
            @Nullable String sinkName,
            boolean suspended,
            long sinkLatencyUs,
            FormatInfo format)
            implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).u32(streamIndex).u32(missingBytes).bufferAttr(Direction.PLAYBACK, attr);
            out.sampleSpec(spec).channelMap(map);
            out.u32(sinkIndex).string(sinkName).bool(suspended).usec(sinkLatencyUs);
            if (version >= 21) {
                out.formatInfo(format);
            }
        }

        public static PlaybackOpened decode(TagReader in, int version) {
            PlaybackOpened answer = new PlaybackOpened(
                    in.u32(),
                    in.u32(),
                    in.u32(),
                    in.bufferAttr(Direction.PLAYBACK),
                    in.sampleSpec(),
                    in.channelMap(),
                    in.u32(),
                    in.stringOrNull(),
                    in.bool(),
                    in.usec(),
                    version >= 21 ? in.formatInfo() : FormatInfo.UNSAID);
            in.end();
            return answer;
        }
    }

    /** To CREATE_RECORD_STREAM; as {@link PlaybackOpened}, the format from version 22 on. */
    record RecordOpened(
            int channel,
            int streamIndex,
            BufferAttr attr,
            SampleSpec spec,
            ChannelMap map,
            int sourceIndex,
            @Nullable String sourceName,
            boolean suspended,
            long sourceLatencyUs,
            FormatInfo format)
            implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.u32(channel).u32(streamIndex).bufferAttr(Direction.RECORD, attr);
            out.sampleSpec(spec).channelMap(map);
            out.u32(sourceIndex).string(sourceName).bool(suspended).usec(sourceLatencyUs);
            if (version >= 22) {
                out.formatInfo(format);
            }
        }

        public static RecordOpened decode(TagReader in, int version) {
            RecordOpened answer = new RecordOpened(
                    in.u32(),
                    in.u32(),
                    in.bufferAttr(Direction.RECORD),
                    in.sampleSpec(),
                    in.channelMap(),
                    in.u32(),
                    in.stringOrNull(),
                    in.bool(),
                    in.usec(),
                    version >= 22 ? in.formatInfo() : FormatInfo.UNSAID);
            in.end();
            return answer;
        }
    }

    /**
     * To GET_PLAYBACK_LATENCY and GET_RECORD_LATENCY, as a value; {@link HotPackets} has it without one.
     *
     * @param localTime the asker's clock, echoed
     */
    record Latency(
            Direction direction,
            long firstLatencyUs,
            long secondLatencyUs,
            boolean running,
            long localTime,
            long serverTime,
            long writeIndex,
            long readIndex,
            long underrunFor,
            long playingFor)
            implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            Timing timing = new Timing();
            timing.firstLatencyUs = firstLatencyUs;
            timing.secondLatencyUs = secondLatencyUs;
            timing.running = running;
            timing.nowS = (int) (serverTime >> 32);
            timing.nowUs = (int) serverTime;
            timing.writeIndex = writeIndex;
            timing.readIndex = readIndex;
            timing.underrunFor = underrunFor;
            timing.playingFor = playingFor;
            HotPackets.encodeLatency(out, direction, localTime, timing);
        }

        public static Latency decode(Direction direction, TagReader in, int version) {
            Timing timing = new Timing();
            long localTime = HotPackets.decodeLatency(in, direction, timing);
            return new Latency(
                    direction,
                    timing.firstLatencyUs,
                    timing.secondLatencyUs,
                    timing.running,
                    localTime,
                    HotPackets.timeval(timing.nowS, timing.nowUs),
                    timing.writeIndex,
                    timing.readIndex,
                    timing.underrunFor,
                    timing.playingFor);
        }
    }

    /** To SET_*_BUFFER_ATTR: what is in force now. */
    record BufferAttrSet(Direction direction, BufferAttr attr, long deviceLatencyUs) implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.bufferAttr(direction, attr).usec(deviceLatencyUs);
        }

        public static BufferAttrSet decode(Direction direction, TagReader in, int version) {
            BufferAttrSet answer = new BufferAttrSet(direction, in.bufferAttr(direction), in.usec());
            in.end();
            return answer;
        }
    }

    /** To GET_SERVER_INFO; the map from version 15 on. */
    record ServerInfo(
            @Nullable String name,
            @Nullable String version,
            @Nullable String user,
            @Nullable String host,
            SampleSpec spec,
            @Nullable String defaultSink,
            @Nullable String defaultSource,
            int cookie,
            @Nullable ChannelMap map)
            implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.string(name).string(this.version).string(user).string(host).sampleSpec(spec);
            out.string(defaultSink).string(defaultSource).u32(cookie);
            if (version >= 15) {
                out.channelMap(map);
            }
        }

        public static ServerInfo decode(TagReader in, int version) {
            ServerInfo answer = new ServerInfo(
                    in.stringOrNull(),
                    in.stringOrNull(),
                    in.stringOrNull(),
                    in.stringOrNull(),
                    in.sampleSpec(),
                    in.stringOrNull(),
                    in.stringOrNull(),
                    in.u32(),
                    version >= 15 ? in.channelMapOrNull() : null);
            in.end();
            return answer;
        }
    }

    /** To GET_SINK_INFO and GET_SOURCE_INFO (one) and their lists. */
    record DeviceInfos(Direction direction, List<DeviceInfo> devices) implements Answer {
        public DeviceInfos {
            devices = List.copyOf(devices);
        }

        @Override
        public void encode(TagWriter out, int version) {
            devices.forEach(device -> device.write(direction, out, version));
        }

        public static DeviceInfos decode(Direction direction, TagReader in, int version) {
            List<DeviceInfo> devices = new ArrayList<>();
            while (in.hasMore()) {
                devices.add(DeviceInfo.read(direction, in, version));
            }
            return new DeviceInfos(direction, devices);
        }
    }

    /** To GET_SINK_INPUT_INFO and GET_SOURCE_OUTPUT_INFO (one) and their lists. */
    record StreamInfos(Direction direction, List<StreamInfo> streams) implements Answer {
        public StreamInfos {
            streams = List.copyOf(streams);
        }

        @Override
        public void encode(TagWriter out, int version) {
            streams.forEach(stream -> stream.write(direction, out, version));
        }

        public static StreamInfos decode(Direction direction, TagReader in, int version) {
            List<StreamInfo> streams = new ArrayList<>();
            while (in.hasMore()) {
                streams.add(StreamInfo.read(direction, in, version));
            }
            return new StreamInfos(direction, streams);
        }
    }

    /** To GET_CLIENT_INFO (one) and GET_CLIENT_INFO_LIST. */
    record ClientInfos(List<ClientInfo> clients) implements Answer {
        public ClientInfos {
            clients = List.copyOf(clients);
        }

        @Override
        public void encode(TagWriter out, int version) {
            clients.forEach(client -> client.write(out));
        }

        public static ClientInfos decode(TagReader in, int version) {
            List<ClientInfo> clients = new ArrayList<>();
            while (in.hasMore()) {
                clients.add(ClientInfo.read(in));
            }
            return new ClientInfos(clients);
        }
    }

    /** To LOOKUP_SINK and LOOKUP_SOURCE; to LOAD_MODULE, of the module. */
    record Found(int index) implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.u32(index);
        }

        public static Found decode(TagReader in, int version) {
            Found answer = new Found(in.u32());
            in.end();
            return answer;
        }
    }

    /** To STAT: memory that the server uses. */
    record Statistics(int blocks, int blocksBytes, int allocated, int allocatedBytes, int sampleCacheBytes)
            implements Answer {
        @Override
        public void encode(TagWriter out, int version) {
            out.u32(blocks).u32(blocksBytes).u32(allocated).u32(allocatedBytes).u32(sampleCacheBytes);
        }

        public static Statistics decode(TagReader in, int version) {
            Statistics answer = new Statistics(in.u32(), in.u32(), in.u32(), in.u32(), in.u32());
            in.end();
            return answer;
        }
    }
}
