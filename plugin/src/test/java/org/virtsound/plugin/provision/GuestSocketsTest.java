package org.virtsound.plugin.provision;

import static java.nio.file.Files.exists;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.stream.AudioLoop;
import org.virtsound.plugin.domain.Domain;
import org.virtsound.plugin.domain.DomainXml;

class GuestSocketsTest {
    private static final String URI = "lxc:///system";

    @TempDir
    Path run;

    private final AudioLoop loop = new AudioLoop();
    private Path directory;
    private GuestSockets sockets;

    @BeforeEach
    void open() {
        directory = run.resolve("guests");
        sockets = new GuestSockets(directory, loop);
    }

    @AfterEach
    void close() {
        sockets.close();
        loop.close();
    }

    private static Domain container(String name) {
        return DomainXml.parse(DomainXmlText.container(name, 1).toString());
    }

    private static Domain mapped(String name) {
        return DomainXml.parse(DomainXmlText.container(name, 1)
                .toString()
                .replace(
                        "<devices>",
                        "<idmap><uid start='0' target='100000' count='65536'/><gid start='0' target='100000'"
                                + " count='65536'/></idmap><devices>"));
    }

    private Path socket(String name) {
        return directory.resolve(name + "/pulse/native");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    @Test
    void aContainersSocketListensFromWhenItIsDefinedAndOnlyRootComesThatWayOnThisMachine() throws IOException {
        sockets.offer(container("box"), URI);

        assertThat(sockets.problem(container("box").uuid())).isNull();
        assertThat(sockets.mounted(container("box").uuid())).isEqualTo(directory.resolve("box/pulse"));
        assertThat(permissions(directory)).isEqualTo("rwx--x--x");
        assertThat(permissions(directory.resolve("box"))).isEqualTo("rwx------");
        assertThat(permissions(directory.resolve("box/pulse"))).isEqualTo("rwxr-xr-x");
        assertThat(permissions(socket("box"))).isEqualTo("rw-rw-rw-");
        try (SocketChannel waits = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(waits.connect(UnixDomainSocketAddress.of(socket("box")))).isTrue();
        }
    }

    @Test
    void mappedUsersPassThroughToTheirSocketWhichIsTheirRoots() throws IOException {
        sockets.offer(mapped("box"), URI);

        assertThat(permissions(directory.resolve("box"))).isEqualTo("rwx--x--x");
        Object owner = Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0) ? 100_000 : self();
        assertThat(Files.getAttribute(socket("box"), "unix:uid")).isEqualTo(owner);
        assertThat(Files.getAttribute(directory.resolve("box/pulse"), "unix:uid"))
                .isEqualTo(self());
    }

    @Test
    void aMappingThatCameLaterOpensTheWay() throws IOException {
        sockets.offer(container("box"), URI);
        Object inode = Files.getAttribute(directory.resolve("box/pulse"), "unix:ino");
        sockets.offer(mapped("box"), URI);

        assertThat(permissions(directory.resolve("box"))).isEqualTo("rwx--x--x");
        assertThat(Files.getAttribute(directory.resolve("box/pulse"), "unix:ino"))
                .isEqualTo(inode);
    }

    @Test
    void theDirectoryOutlivesTheSocketAndGoesWithItsDomain() throws IOException {
        sockets.offer(container("box"), URI);
        Object inode = Files.getAttribute(directory.resolve("box/pulse"), "unix:ino");
        sockets.close();
        assertThat(socket("box")).doesNotExist();
        sockets = new GuestSockets(directory, loop);
        sockets.offer(container("box"), URI);
        assertThat(Files.getAttribute(directory.resolve("box/pulse"), "unix:ino"))
                .isEqualTo(inode);
        sockets.shut(container("box").uuid());
        assertThat(directory.resolve("box/pulse")).isEmptyDirectory();

        sockets.remove(container("box").uuid(), URI);
        assertThat(directory).doesNotExist();
    }

    @Test
    void whatAnEarlierDaemonLeftOfDomainsThatAreGoneIsRemovedAndOtherHypervisorsAreLeftAlone() {
        sockets.offer(container("gone"), URI);
        sockets.offer(container("stays"), URI);
        sockets.offer(container("other"), "qemu:///system");
        sockets.close();

        sockets = new GuestSockets(directory, loop);
        sockets.keep(URI, Set.of(container("stays").uuid()));
        assertThat(directory.resolve("gone")).doesNotExist();
        assertThat(directory.resolve("stays")).exists();
        assertThat(directory.resolve("other")).exists();
    }

    @Test
    void whatAContainerPutBesideItsSocketStaysAndIsSaidOnceAndTheOthersGo() throws IOException {
        for (int i = 0; i < 8; i++) {
            sockets.offer(container("gone" + i), URI);
            sockets.offer(container("kept" + i), URI);
            Files.writeString(directory.resolve("kept" + i + "/pulse/mine"), "");
        }
        List<LogRecord> said = new CopyOnWriteArrayList<>();
        Logger log = Logger.getLogger(GuestSockets.class.getName());
        Handler handler = new Listener(said);
        log.addHandler(handler);
        try {
            sockets.keep(URI, Set.of());
            sockets.remove(container("another").uuid(), URI);
            sockets.keep(URI, Set.of());
        } finally {
            log.removeHandler(handler);
        }

        for (int i = 0; i < 8; i++) {
            assertThat(directory.resolve("gone" + i)).doesNotExist();
            assertThat(directory.resolve("kept" + i + "/pulse/mine")).exists();
        }
        assertThat(said).hasSize(8).allMatch(record -> record.getLevel() == Level.WARNING);
        Files.delete(directory.resolve("kept0/pulse/mine"));
        sockets.keep(URI, Set.of());
        assertThat(directory.resolve("kept0")).doesNotExist();
    }

    @Test
    void whatLibvirtHasOnItsDiskIsThereBeforeLibvirtAnswers() throws IOException {
        Path stored = Files.createDirectory(run.resolve("lxc"));
        Files.writeString(
                stored.resolve("box.xml"), "<!-- WARNING: AUTO-GENERATED -->\n" + DomainXmlText.container("box", 1));
        Files.writeString(
                stored.resolve("mute.xml"),
                DomainXmlText.container("mute", 1).withoutAudio().toString());
        // In whatever order they are listed, some come after one that cannot be read.
        for (int i = 0; i < 8; i++) {
            Files.writeString(stored.resolve("torn" + i + ".xml"), "<domain");
            Files.write(stored.resolve("binary" + i + ".xml"), new byte[] {-1, 0, -2});
            Files.writeString(
                    stored.resolve("crate" + i + ".xml"),
                    DomainXmlText.container("crate" + i, 1).toString());
        }
        StoredContainers.offer(stored, URI, "SOUND", sockets);

        assertThat(socket("box")).exists();
        for (int i = 0; i < 8; i++) {
            assertThat(socket("crate" + i)).exists();
        }
        assertThat(directory.resolve("mute")).doesNotExist();
        StoredContainers.offer(run.resolve("absent"), URI, "SOUND", sockets);
    }

    @Test
    void aDomainOfAnotherNameHasAnotherDirectory() {
        Domain before = container("box");
        sockets.offer(before, URI);
        Domain renamed =
                DomainXml.parse(DomainXmlText.container("box", 1).toString().replace("<name>box<", "<name>crate<"));
        sockets.offer(renamed, URI);

        assertThat(directory.resolve("box")).doesNotExist();
        assertThat(exists(socket("crate"))).isTrue();
    }

    @Test
    void whatIsNoNameForADirectoryOrSomebodyElsesIsRefusedAndLeftAsItIs() throws IOException {
        for (String name : new String[] {"..", "a b", "-v", "x".repeat(200)}) {
            sockets.offer(container(name), URI);
            assertThat(sockets.problem(container(name).uuid()))
                    .contains("expected: 1 to 64 letters", "virsh domrename");
        }
        Domain machine = DomainXml.parse(
                DomainXmlText.guest(1).withAudio("<transport type='socket'/>").toString());
        sockets.offer(machine, URI);
        assertThat(sockets.problem(machine.uuid())).contains("type xen", "expected: lxc");
        assertThat(directory).doesNotExist();

        Path elsewhere = Files.createDirectory(run.resolve("elsewhere"));
        Files.createDirectory(directory);
        Files.createSymbolicLink(directory.resolve("box"), elsewhere);
        sockets.offer(container("box"), URI);
        assertThat(sockets.problem(container("box").uuid())).contains("is no directory");
        assertThat(elsewhere).isEmptyDirectory();
        Files.delete(directory.resolve("box"));
        sockets.offer(container("box"), URI);
        assertThat(sockets.problem(container("box").uuid())).isNull();
    }

    @Test
    void aSecondDomainOfTheSameNameIsRefusedAndTheFirstOneIsUnharmed() {
        sockets.offer(container("box"), URI);
        Domain second = DomainXml.parse(DomainXmlText.container("box", 1)
                .toString()
                .replace(container("box").uuid().toString(), new UUID(1, 2).toString()));
        sockets.offer(second, "qemu:///system");

        assertThat(sockets.problem(second.uuid())).contains("lxc:///system", "same name");
        assertThat(sockets.problem(container("box").uuid())).isNull();
        sockets.remove(second.uuid(), "qemu:///system");
        assertThat(exists(socket("box"))).isTrue();
    }

    private static Object self() throws IOException {
        return Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    private static final class Listener extends Handler {
        private final List<LogRecord> said;

        Listener(List<LogRecord> said) {
            this.said = said;
        }

        @Override
        public void publish(LogRecord entry) {
            said.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
