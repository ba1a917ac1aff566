/**
 * The native protocol as values: frame codec, tagstruct codec, one record per command. No policy, no I/O.
 *
 * <p>Receiving: a {@link org.virtsound.audio.pulse.FrameDecoder} in the channel's pipeline calls a
 * {@link org.virtsound.audio.pulse.FrameListener}. A block of audio is given: release it or write it on. A control packet is lent:
 *
 * <pre>{@code
 * Opcode opcode = Opcode.of(reader.reset(packet).u32());   // null: no such number
 * int tag = reader.u32();
 * switch (opcode) {
 *     case CORK_PLAYBACK_STREAM -> cork(tag, StreamCommand.Cork.decode(PLAYBACK, reader, version));
 *     …
 * }</pre>
 *
 * <p>Each decode reads the rest of the packet and takes nothing behind it. {@link org.virtsound.audio.pulse.Request#decode},
 * {@link org.virtsound.audio.pulse.Answer#decode} and {@link org.virtsound.audio.pulse.Event#decode} pick it by opcode.
 *
 * <p>Sending: {@code command.writeTo(out, writer, tag, version)} appends one frame to a buffer;
 * {@link org.virtsound.audio.pulse.HotPackets} does so without a record for what each period of audio needs. For audio:
 * {@code Frames.memblockHeader(out, …)}, write {@code out}, then write the payload, flush once.
 *
 * <p>u32 are Java ints read as unsigned, -1 is the protocol's "none". A timeval is a long: seconds above, microseconds below.
 * Layouts are those of versions 13 to 35; who speaks less is refused. Everything belongs to one event loop. Channels should use
 * Netty's PooledByteBufAllocator, whose slices are recycled.
 */
@NullMarked
package org.virtsound.audio.pulse;

import org.jspecify.annotations.NullMarked;
