package org.virtsound.audio.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeatChooserTest {
    @TempDir
    Path root;

    @Test
    void theSoundServerOfWhoSitsAtTheMachineGoesFirst() throws IOException {
        seat("seat0", "c2");
        session("c2", 1000, "anna", "user", "wayland");
        Path socket = server("run/user/1000/pulse/native");
        server("run/pulse/native");

        SeatChooser.Choice choice = choose();

        assertThat(choice.hostServer()).isEqualTo("unix:" + socket);
        assertThat(choice.why()).contains("anna", "seat0");
        assertThat(choice.problem()).isNull();
    }

    @Test
    void aDesktopWhoseServerIsNotUpYetIsWaitedForAndTheCardLeftAlone() throws IOException {
        seat("seat0", "c2");
        session("c2", 1000, "anna", "user", "x11");
        card();

        SeatChooser.Choice choice = choose();

        assertThat(choice.hostServer()).isEqualTo("silence");
        assertThat(choice.problem()).contains("waiting for anna's sound server");
        assertThat(choice.watched()).contains(root.resolve("run/user/1000/pulse"));
    }

    @Test
    void aLogInScreenIsNobodyAndASystemWideServerIsNext() throws IOException {
        seat("seat0", "c1");
        session("c1", 116, "gdm", "greeter", "wayland");
        server("run/user/116/pulse/native");
        Path systemWide = server("run/pulse/native");

        assertThat(choose().hostServer()).isEqualTo("unix:" + systemWide);
    }

    @Test
    void theCardIsTakenWhereNobodyElseHasIt() throws IOException {
        card();
        assertThat(choose().hostServer()).isEqualTo("alsa:default");
    }

    @Test
    void aTextConsoleWithoutAServerDoesNotKeepTheCard() throws IOException {
        seat("seat0", "4");
        session("4", 0, "root", "user", "tty");
        card();
        assertThat(choose().hostServer()).isEqualTo("alsa:default");
    }

    @Test
    void aMachineWithNothingIsSilentAndSaysWhy() {
        assertThat(choose().hostServer()).isEqualTo("silence");
        assertThat(choose().why()).isEqualTo("nobody sits at the machine, no sound server runs, and there is no card");
    }

    @Test
    void nonsenseInASessionsFileIsNobody() throws IOException {
        seat("seat0", "../../../etc/passwd");
        assertThat(choose().hostServer()).isEqualTo("silence");
        seat("seat0", "c3");
        write("run/systemd/sessions/c3", "UID=-1\nCLASS=user\n=\n\0\n");
        assertThat(choose().hostServer()).isEqualTo("silence");
    }

    private SeatChooser.Choice choose() {
        return new SeatChooser(root).choose();
    }

    private void seat(String name, String active) throws IOException {
        write("run/systemd/seats/" + name, "# This is private data.\nIS_SEAT0=1\nACTIVE=" + active + "\n");
    }

    private void session(String id, int uid, String user, String kind, String type) throws IOException {
        write(
                "run/systemd/sessions/" + id,
                "UID=" + uid + "\nUSER=" + user + "\nACTIVE=1\nCLASS=" + kind + "\nTYPE=" + type + "\nSEAT=seat0\n");
    }

    private Path server(String path) throws IOException {
        return write(path, "");
    }

    private void card() throws IOException {
        write("dev/snd/controlC0", "");
        write("dev/snd/pcmC0D0p", "");
    }

    private Path write(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }
}
