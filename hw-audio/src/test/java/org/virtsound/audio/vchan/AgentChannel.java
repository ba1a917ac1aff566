package org.virtsound.audio.vchan;

/** The guest's end of one channel: the server's. Nothing blocks. */
interface AgentChannel extends AutoCloseable {
    /** @return whether the client has come */
    boolean connected();

    /** @return bytes taken; -1 where the client has gone */
    int write(byte[] from, int offset, int length);

    /** @return bytes read, 0 where there are none; -1 where the client has gone */
    int read(byte[] into);

    /** @return bytes written that the client has not read yet, as far as this end can tell */
    int unread();

    /** @return room for {@link #write} */
    int space();

    @Override
    void close();
}
