package org.virtsound.audio.pulse;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A byte stream of any content finds the same frames, and the same error, in pieces as in one; nothing is kept. The first byte is
 * the size of a piece, the rest the stream.
 */
public final class FrameFuzz {
    private FrameFuzz() {}

    /** @param arguments the directory to write seeds to */
    public static void main(String... arguments) throws IOException {
        FuzzSeeds.write(Path.of(arguments[0]), FuzzSeeds.frames());
    }

    public static void fuzzerTestOneInput(byte[] input) {
        if (input.length < 2) {
            return;
        }
        List<String> whole = decoded(input, input.length);
        List<String> pieces = decoded(input, 1 + (input[0] & 0xFF));
        if (!whole.equals(pieces)) {
            throw new AssertionError(whole + " in one, " + pieces + " in pieces");
        }
    }

    private static List<String> decoded(byte[] input, int pieceBytes) {
        RecordedFrames found = new RecordedFrames();
        List<Throwable> caught = new ArrayList<>();
        EmbeddedChannel channel =
                new EmbeddedChannel(new FrameDecoder(4096, 4096, found), new ChannelInboundHandlerAdapter() {
                    @Override
                    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
                        caught.add(cause);
                    }
                });
        for (int at = 1; at < input.length && channel.isOpen(); at += pieceBytes) {
            ByteBuf piece = Unpooled.copiedBuffer(input, at, Math.min(pieceBytes, input.length - at));
            channel.writeInbound(piece);
            if (piece.refCnt() != 0) {
                throw new AssertionError("received buffer kept: " + piece);
            }
        }
        channel.finishAndReleaseAll();
        for (Throwable e : caught) {
            if (!(e instanceof ProtocolException)) {
                throw new AssertionError(e);
            }
            found.frames.add(e.getMessage());
        }
        return found.frames;
    }
}
