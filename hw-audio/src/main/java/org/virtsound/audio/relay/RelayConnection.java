package org.virtsound.audio.relay;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.stream.PlaybackListener;
import org.virtsound.audio.stream.PlaybackStream;
import org.virtsound.audio.stream.RecordStream;
import org.virtsound.audio.stream.SampleSpec;
import org.virtsound.audio.stream.StreamRequest;

/**
 * One connection of a guest, as an endpoint uses it: opens its streams under the relay's policy, and says what the guest did
 * wrong. Owned by the audio loop.
 */
public final class RelayConnection {
    private final GuestRelay relay;
    private final Runnable hangUp;
    private final Set<RelayedStream> streams = new LinkedHashSet<>();
    private LongSupplier queuedBytes = () -> 0;
    private boolean closed;

    RelayConnection(GuestRelay relay, Runnable hangUp) {
        this.relay = relay;
        this.hangUp = hangUp;
    }

    public GuestIdentity guest() {
        return relay.identity();
    }

    public GuestLimits limits() {
        return relay.limits();
    }

    /** @return the latency that the guest's owner wants, null where he leaves it to the service */
    public @Nullable Integer targetLatencyMs() {
        return relay.policy().targetLatencyMs();
    }

    /** @return an index for a stream or a client that no other of this relay has */
    public int nextIndex() {
        return relay.nextIndex();
    }

    /** @return false, and counts it, where the guest has as many streams as it may, or opens them too fast; to be refused */
    public boolean mayOpen(SampleSpec spec) {
        if (relay.streamCount() >= relay.limits().streams()) {
            relay.limitHit("streams", "more than " + relay.limits().streams() + " streams");
            return false;
        }
        if (!relay.mayTake((long) spec.rateHz() * spec.channels())) {
            return false;
        }
        if (!relay.share().mayOpen()) {
            relay.limitHit("streams", "streams opened and closed too fast");
            return false;
        }
        return true;
    }

    /** Counts a command that goes on to the host. */
    public void command() {
        relay.share().command();
    }

    /**
     * @param loopNanos what the guest has just taken of the audio loop's time
     * @return whether it is to be left unread for a while
     */
    public boolean takesTooMuch(long loopNanos) {
        relay.share().spent(loopNanos);
        return relay.share().isOver();
    }

    /** As {@link org.virtsound.audio.stream.SoundServer#play}, after {@link #mayOpen}. */
    public PlaybackStream play(StreamRequest request, PlaybackListener listener) {
        relay.streamOpening(true);
        RelayedPlayback stream = new RelayedPlayback(this, relay, request, listener);
        streams.add(stream);
        return stream;
    }

    /** As {@link org.virtsound.audio.stream.SoundServer#record}, after {@link #mayOpen}; silence while not granted. */
    public RecordStream record(StreamRequest request, MicListener listener) {
        relay.streamOpening(false);
        RelayedRecord stream = new RelayedRecord(this, relay, request, listener);
        streams.add(stream);
        return stream;
    }

    /** @param bytes how many wait in this process for the guest to read them, over this connection */
    public void queued(LongSupplier bytes) {
        queuedBytes = bytes;
    }

    /** @return whether more waits for the guest, over all of its connections, than may */
    public boolean queueIsFull() {
        return relay.queuedBytes() > relay.limits().queuedBytes();
    }

    /** @return whether so much of one record stream may wait: its share of half the queue, or more while that half is not full */
    public boolean mayWait(int recordedBytes) {
        int half = relay.limits().queuedBytes() / 2;
        return recordedBytes <= half / relay.limits().streams() || relay.queuedBytes() <= half;
    }

    long queuedBytes() {
        return queuedBytes.getAsLong();
    }

    /** Counts a command that was refused for want of permission. */
    public void refused() {
        relay.meters().refusedCommands++;
    }

    /** Counts record data that was thrown away because the guest did not read. */
    public void dropped(int bytes) {
        relay.meters().droppedBytes += bytes;
    }

    /**
     * The guest broke a limit or the protocol, and its connection is being closed for it.
     *
     * @param limit the limit's key in the configuration, or {@code protocol}
     */
    public void broken(String limit, String detail) {
        relay.meters().closedConnections++;
        relay.limitHit(limit, detail);
    }

    /** The connection is gone: so are its streams. */
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        for (RelayedStream stream : new ArrayList<>(streams)) {
            stream.close();
        }
        relay.disconnected(this);
    }

    Set<RelayedStream> streams() {
        return streams;
    }

    /** The relay ends it. */
    void hangUp() {
        close();
        hangUp.run();
    }

    void started(RelayedStream stream) {
        relay.streamStarted(stream);
    }

    void ended(RelayedStream stream, boolean wasStarted) {
        if (streams.remove(stream)) {
            relay.streamEnded(stream, wasStarted);
        }
    }
}
