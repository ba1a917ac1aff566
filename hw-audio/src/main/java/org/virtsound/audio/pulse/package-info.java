/**
 * The native protocol as values: frame codec, tagstruct codec, one record per command. No policy, no I/O.
 *
 * <p>Receiving: a {@link org.virtsound.audio.pulse.FrameDecoder} in the channel's pipeline calls a
 * {@link org.virtsound.audio.pulse.FrameListener}. A control packet is lent: {@code reader.reset(packet)}, then {@code u32()} for
 * the command, {@code u32()} for the tag, then the command's own values and {@code end()}. A block of audio is given: release it or
 * write it on.
 *
 * <p>Sending: {@code int start = Frames.beginControl(out)}, {@code writer.reset(out).u32(command).u32(tag)…},
 * {@code Frames.endControl(out, start)}; for audio {@code Frames.memblockHeader(out, …)}, write {@code out}, then the payload.
 *
 * <p>u32 are Java ints read as unsigned, -1 is the protocol's "none". Channels should use Netty's PooledByteBufAllocator, whose
 * slices are recycled.
 */
@NullMarked
package org.virtsound.audio.pulse;

import org.jspecify.annotations.NullMarked;
