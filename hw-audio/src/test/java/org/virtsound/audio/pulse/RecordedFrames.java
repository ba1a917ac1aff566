package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.virtsound.audio.stream.SeekMode;

/** Writes down every frame as a line of text. */
final class RecordedFrames implements FrameListener {
    final List<String> frames = new ArrayList<>();

    @Override
    public void control(ByteBuf packet) {
        frames.add("control " + ByteBufUtil.hexDump(packet));
    }

    @Override
    public void memblock(int channel, long offsetBytes, SeekMode seek, ByteBuf payload) {
        byte[] bytes = ByteBufUtil.getBytes(payload);
        payload.release();
        frames.add("memblock " + channel + " " + offsetBytes + " " + seek + " "
                + HexFormat.of().formatHex(bytes));
    }
}
