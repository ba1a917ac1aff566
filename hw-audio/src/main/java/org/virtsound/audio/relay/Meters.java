package org.virtsound.audio.relay;

/** What has passed through one relay since it opened; owned by the audio loop. */
final class Meters {
    long playedBytes;
    long recordedBytes;
    long droppedBytes;
    long refusedCommands;
    long closedConnections;
    long micRequests;
}
