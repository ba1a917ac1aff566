package org.virtsound.plugin.control;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpUtil;

/** Puts each request and its body together, up to a size; one that is larger is told so, and the rest of it thrown away. */
final class WholeRequests extends HttpObjectAggregator {
    static final int BODY_BYTES = 64 << 10;

    WholeRequests() {
        super(BODY_BYTES);
    }

    /** Not closed by us: what is still coming would make the peer lose the answer. */
    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
        ctx.writeAndFlush(RequestHandler.response(ctx, tooLarge(), HttpUtil.isKeepAlive(oversized)));
    }

    @Override
    protected Object newContinueResponse(HttpMessage start, int maxContentLength, ChannelPipeline pipeline) {
        Object usual = super.newContinueResponse(start, maxContentLength, pipeline);
        boolean refused = HttpUtil.is100ContinueExpected(start)
                && HttpUtil.isContentLengthSet(start)
                && HttpUtil.getContentLength(start) > maxContentLength;
        return refused ? RequestHandler.response(pipeline.firstContext(), tooLarge(), true) : usual;
    }

    private static Answer tooLarge() {
        return Answer.error(
                413,
                "body: more than " + BODY_BYTES + " bytes (expected: <= " + BODY_BYTES
                        + "); ask for fewer changes at a time");
    }
}
