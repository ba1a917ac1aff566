package org.virtsound.audio.vchan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.virtsound.audio.stream.AudioLoop;

class LibXenVchanTest {
    @TempDir
    Path dir;

    @Test
    void aMachineThatIsNoXenHostIsToldWhatIsMissing() {
        assumeFalse(Files.exists(Path.of("/dev/xen/gntdev")), "this is a Xen host");
        try (AudioLoop loop = new AudioLoop()) {
            assertThatThrownBy(() -> XenTransport.load(loop))
                    .isInstanceOf(VchanUnavailableException.class)
                    .message()
                    .matches("libxenvchan is not installed .*; install the package libxenmisc.*"
                            + "|/dev/xen/gntdev does not exist; .*xen-gntdev loaded\\?");
        }
    }

    @Test
    void theLibraryAnswersThatThereIsNothingToConnectTo() {
        assumeTrue(isInstalled(), "libxenvchan is not installed: libxenmisc4.17");
        assertThat(LibXenVchan.connect(7, "/local/domain/7/data/vchan/0/4713")).isZero();
    }

    @Test
    void thePackageIsTheOneOfTheHypervisorElseOfTheRelease() throws IOException {
        Path running = Files.createDirectory(dir.resolve("version"));
        Path release = dir.resolve("os-release");
        assertThat(XenRelease.libraryPackage(running, release)).isEqualTo("libxenmisc of this system's Xen");
        Files.writeString(release, "ID=debian\nVERSION_ID=\"12\"\n");
        assertThat(XenRelease.libraryPackage(running, release)).isEqualTo("libxenmisc4.17");
        Files.writeString(release, "ID=debian\nVERSION_ID=\"13\"\n");
        assertThat(XenRelease.libraryPackage(running, release)).isEqualTo("libxenmisc4.20");
        Files.writeString(running.resolve("major"), "4\n");
        Files.writeString(running.resolve("minor"), "18\n");
        assertThat(XenRelease.libraryPackage(running, release)).isEqualTo("libxenmisc4.18");
    }

    private static boolean isInstalled() {
        try {
            LibXenVchan.load();
            return true;
        } catch (VchanUnavailableException e) {
            return false;
        }
    }
}
