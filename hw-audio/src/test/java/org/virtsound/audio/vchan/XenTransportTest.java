package org.virtsound.audio.vchan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.stream.AudioLoop;

/** Where and when a channel is connected to; xenstore is a small server, the library is not there. */
class XenTransportTest {
    private static final String NODE = "/local/domain/7/data/vchan/0/4713";

    private final AudioLoop loop = new AudioLoop();
    private final Connections connections = new Connections();
    private final Heard heard = new Heard();
    private FakeXenStored xenstored;
    private XenTransport transport;

    @TempDir
    Path dir;

    @BeforeEach
    void start() throws IOException {
        xenstored = new FakeXenStored(dir.resolve("socket"));
        xenstored.introduce(7);
        transport = new XenTransport(loop, List.of(dir.resolve("missing"), dir.resolve("socket")), connections);
    }

    @AfterEach
    void stop() throws IOException {
        call(() -> {
            transport.close();
            return true;
        });
        loop.close();
        assertThat(xenstored.errors).isEmpty();
        xenstored.close();
    }

    @Test
    void aGuestThatServesLaterIsConnectedToWhenItsNodeAppears() throws IOException {
        open(new VchanPeer(7, false));
        await().until(() -> xenstored.watched().contains(NODE + "/event-channel"));
        assertThat(connections.paths).isEmpty();
        serve(NODE);
        await().until(() -> heard.opened.get() == 1);
        assertThat(connections.paths).containsExactly("7 " + NODE);
        await().until(() -> xenstored.watchCount() == 2); // our own number, and ends of domains
    }

    @Test
    void aGuestThatServesAlreadyIsConnectedToOnce() throws IOException {
        serve(NODE);
        open(new VchanPeer(7, false));
        await().until(() -> heard.opened.get() == 1);
        serve(NODE);
        xenstored.introduce(8);
        serve("/local/domain/8/data/vchan/0/4713");
        open(new VchanPeer(8, false));
        await().until(() -> heard.opened.get() == 2);
        assertThat(connections.paths).containsExactly("7 " + NODE, "8 /local/domain/8/data/vchan/0/4713");
    }

    @Test
    void aNodeWithoutAServerIsTriedAgainUntilThereIsOne() throws IOException {
        connections.stale = true;
        serve(NODE);
        open(new VchanPeer(7, false));
        await().until(() -> connections.paths.size() >= 3);
        assertThat(heard.opened).hasValue(0);
        connections.stale = false;
        await().until(() -> heard.opened.get() == 1);
    }

    @Test
    void aNewServerBehindAStaleNodeIsNotWaitedFor() throws IOException {
        connections.stale = true;
        serve(NODE);
        open(new VchanPeer(7, false));
        await().until(() -> connections.paths.size() >= 4);
        connections.stale = false;
        long nanos = System.nanoTime();
        xenstored.write(NODE + "/event-channel", "99");
        await().until(() -> heard.opened.get() == 1);
        assertThat(System.nanoTime() - nanos).isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void aDomainThatIsGoneIsGivenUp() throws IOException {
        open(new VchanPeer(7, false));
        await().until(() -> xenstored.watched().contains(NODE + "/event-channel"));
        xenstored.release(7);
        await().until(() -> heard.gone.get() == 1);
        await().until(() -> xenstored.watchCount() == 2);
    }

    @Test
    void aCancelledOpeningIsForgotten() throws Exception {
        VchanTransport.Opening opening = open(new VchanPeer(7, false));
        await().until(() -> xenstored.watched().contains(NODE + "/event-channel"));
        call(() -> {
            opening.cancel();
            return true;
        });
        await().until(() -> xenstored.watchCount() == 2);
        serve(NODE);
        assertThat(connections.paths).isEmpty();
    }

    @Test
    void anEmulatedCardIsHeardFromItsStubDomain() throws IOException {
        xenstored.write("/local/domain/7/image/device-model-domid", "9");
        xenstored.introduce(9);
        serve("/local/domain/9/data/vchan/0/4713");
        open(new VchanPeer(7, true));
        await().until(() -> heard.opened.get() == 1);
        assertThat(connections.paths).containsExactly("9 /local/domain/9/data/vchan/0/4713");
    }

    @Test
    void anEmulatedCardWithoutAStubDomainIsHeardFromItsOwn() throws IOException {
        serve(NODE);
        open(new VchanPeer(7, true));
        await().until(() -> heard.opened.get() == 1);
    }

    @Test
    void aServiceInADomainOfItsOwnIsServedUnderItsOwnNumber() throws IOException {
        open(new VchanPeer(7, false));
        await().until(() -> xenstored.watched().contains(NODE + "/event-channel"));
        xenstored.write("domid", "3");
        await().until(() -> xenstored.watched().contains("/local/domain/7/data/vchan/3/4713/event-channel"));
        assertThat(xenstored.watched()).doesNotContain(NODE + "/event-channel");
        serve("/local/domain/7/data/vchan/3/4713");
        await().until(() -> heard.opened.get() == 1);
    }

    @Test
    void aXenstoreThatComesBackIsAskedAnew() throws IOException {
        open(new VchanPeer(7, false));
        await().until(() -> xenstored.watched().contains(NODE + "/event-channel"));
        xenstored.restart();
        await().until(() -> xenstored.watched().contains(NODE + "/event-channel"));
        serve(NODE);
        await().until(() -> heard.opened.get() == 1);
    }

    @Test
    void aGuestThatWritesItsNodeWithoutEndDoesNotHoldUpAnother() throws IOException {
        connections.stale = true;
        serve(NODE);
        open(new VchanPeer(7, false));
        await().until(() -> !connections.paths.isEmpty());
        for (int i = 0; i < 1000; i++) {
            xenstored.write(NODE + "/event-channel", Integer.toString(i + 1));
        }
        connections.stale = false;
        xenstored.introduce(8);
        serve("/local/domain/8/data/vchan/0/4713");
        open(new VchanPeer(8, false));
        await().until(() -> heard.opened.get() >= 1);
        assertThat(connections.paths).hasSizeLessThan(60);
    }

    private VchanTransport.Opening open(VchanPeer peer) {
        return call(() -> transport.open(peer, 4713, heard));
    }

    private void serve(String node) throws IOException {
        xenstored.write(node + "/ring-ref", "8");
        xenstored.write(node + "/event-channel", "21");
    }

    private <T> T call(Callable<T> task) {
        return loop.call(task).orTimeout(5, TimeUnit.SECONDS).join();
    }

    private static final class Connections implements XenTransport.Connector {
        final List<String> paths = new CopyOnWriteArrayList<>();
        volatile boolean stale;

        @Override
        public long connect(int domid, String path) {
            paths.add(domid + " " + path);
            assertThat(path.length()).isLessThanOrEqualTo(49);
            return stale ? 0 : 1;
        }

        @Override
        public Vchan channel(long handle, VchanListener listener) {
            return new Vchan() {
                @Override
                public int read(ByteBuf into, int maxBytes) {
                    return 0;
                }

                @Override
                public int write(ByteBuf from) {
                    return 0;
                }

                @Override
                public boolean isOpen() {
                    return true;
                }

                @Override
                public void close() {}
            };
        }

        @Override
        public void drop(long handle) {}
    }

    private static final class Heard implements VchanListener {
        final AtomicInteger opened = new AtomicInteger();
        final AtomicInteger gone = new AtomicInteger();

        @Override
        public void opened(Vchan channel) {
            opened.incrementAndGet();
        }

        @Override
        public void rung() {}

        @Override
        public void broken(String detail) {
            throw new AssertionError(detail);
        }

        @Override
        public void gone() {
            gone.incrementAndGet();
        }
    }
}
