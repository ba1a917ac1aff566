package org.virtsound.audio.relay;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot of one guest's relay.
 *
 * @param connections of the guest, now
 * @param streams of the guest, now
 * @param playedBytes PCM towards the host since the relay opened
 * @param recordedBytes PCM towards the guest, silence included
 * @param droppedBytes of those towards the guest that it did not read in time, the oldest first
 * @param refusedCommands since the relay opened
 * @param closedConnections closed by us for breaking the protocol or a limit
 * @param underflows of all its playback streams since the relay opened
 * @param hostReturns how often the host's sound was lost and is back
 * @param host what plays it now, for people: "PulseAudio 16.1 at unix:/run/…", "silence"
 * @param problem what is wrong, null when nothing is
 */
public record RelayStatus(
        GuestIdentity guest,
        GuestPolicy policy,
        int connections,
        List<StreamStatus> streams,
        long playedBytes,
        long recordedBytes,
        long droppedBytes,
        long refusedCommands,
        long closedConnections,
        long underflows,
        long hostReturns,
        MicStatus mic,
        String host,
        @Nullable String problem) {}
