package org.virtsound.plugin.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PeersTest {
    private static final int NOBODY = 65534;

    @Test
    void rootAndTheServicesOwnUserMayAlwaysAsk() throws IOException {
        Peers peers = Peers.of("root");
        int own = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");

        assertThat(peers.isOwner(0)).isTrue();
        assertThat(peers.isOwner(own)).isTrue();
        assertThat(peers.isOwner(NOBODY)).isEqualTo(own == NOBODY);
    }

    @Test
    void aMemberOfTheGroupIsKnownByTheGroupDatabaseAndNobodyElseIs() throws IOException {
        Peers peers = Peers.of("root");

        assertThat(peers.member(0, ForkJoinPool.commonPool()).join()).contains("root");
        assertThat(peers.member(NOBODY, ForkJoinPool.commonPool()).join()).isEmpty();
    }

    @Test
    void aGroupThatDoesNotExistHasNoMembers() throws IOException {
        assertThat(Peers.of("no-such-group-here")
                        .member(0, ForkJoinPool.commonPool())
                        .join())
                .isEmpty();
    }

    @Test
    void whoComesWhileHeIsAskedAboutWaitsForTheSameAnswer() throws IOException {
        Peers peers = Peers.of("root");
        List<Runnable> questions = new ArrayList<>();
        CompletableFuture<Optional<String>> first = peers.member(0, questions::add);
        CompletableFuture<Optional<String>> second = peers.member(0, questions::add);

        assertThat(questions).hasSize(1);
        questions.get(0).run();
        assertThat(first.join()).contains("root");
        assertThat(second.join()).contains("root");
        assertThat(peers.member(0, questions::add)).isNotDone();
    }

    @Test
    void theSocketIsItsGroupsAndNobodyElses(@TempDir Path dir) throws IOException {
        Path socket = Files.createFile(dir.resolve("control"));
        String group =
                Files.readAttributes(socket, PosixFileAttributes.class).group().getName();

        for (String named : new String[] {group, null}) {
            Peers.of(named).admitTo(socket);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-rw----");
        }
        assertThat(Peers.of(null).member(NOBODY, ForkJoinPool.commonPool()).join())
                .isEmpty();
    }
}
