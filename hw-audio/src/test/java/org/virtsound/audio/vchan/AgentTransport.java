package org.virtsound.audio.vchan;

import java.io.IOException;

/** How a guest's agent serves a channel. */
interface AgentTransport {
    /**
     * @param readMinBytes of the ring from the client
     * @param writeMinBytes of the ring to the client
     */
    AgentChannel serve(int port, int readMinBytes, int writeMinBytes) throws IOException;
}
