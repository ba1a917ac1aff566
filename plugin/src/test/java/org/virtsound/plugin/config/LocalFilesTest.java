package org.virtsound.plugin.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.virtsound.audio.relay.CapturePolicy;
import org.virtsound.audio.relay.GuestPolicy;
import org.virtsound.plugin.domain.AudioElement.Setting;

class LocalFilesTest {
    @TempDir
    Path dir;

    private static GuestPolicy mic(CapturePolicy rule) {
        return new GuestPolicy(true, null, null, null, rule, null, null, null, null);
    }

    @Test
    void whatIsWrittenIsReadAgain() throws IOException {
        List<LocalEndpoint> all = List.of(
                new LocalEndpoint("browser", new LocalEndpoint.Socket("webuser", null, null), mic(CapturePolicy.OFF)),
                new LocalEndpoint(
                        "old", new LocalEndpoint.Tcp("127.0.0.1:4714", List.of("127.0.0.1")), GuestPolicy.DEFAULT),
                new LocalEndpoint(
                        "podman",
                        new LocalEndpoint.Socket(null, null, new LocalEndpoint.UidRange(100_000, 165_535)),
                        mic(CapturePolicy.ON)));
        LocalFiles files = new LocalFiles(dir.resolve("local.d"));
        assertThat(files.read()).isEmpty();
        for (LocalEndpoint endpoint : all) {
            files.write(endpoint);
        }
        assertThat(files.read()).isEqualTo(all);

        files.remove("old");
        assertThat(files.read()).extracting(LocalEndpoint::name).containsExactly("browser", "podman");
    }

    @Test
    void aBadFileIsLeftOutAndHarmsNoOther() throws IOException {
        LocalFiles files = new LocalFiles(dir);
        files.write(new LocalEndpoint("good", new LocalEndpoint.Socket("her", "friends", null), GuestPolicy.DEFAULT));
        Files.writeString(dir.resolve("bad.conf"), "usr = her");
        Files.writeString(dir.resolve("worse.conf"), "user = {");
        assertThat(files.read()).extracting(LocalEndpoint::name).containsExactly("good");
        assertThat(dir.resolve("bad.conf")).hasContent("usr = her");
    }

    @Test
    void neitherDoesOneThatCannotBeReadAtAll() throws IOException {
        LocalFiles files = new LocalFiles(dir);
        List<String> good = List.of("a", "b", "c", "d", "e", "f");
        for (String name : good) {
            files.write(new LocalEndpoint(name, new LocalEndpoint.Socket("her", null, null), GuestPolicy.DEFAULT));
        }
        for (String name : List.of("1", "2", "3")) {
            Files.createDirectory(dir.resolve(name + "dir.conf"));
            Files.write(dir.resolve(name + "latin.conf"), new byte[] {'#', (byte) 0xFC, '\n'});
        }
        assertThat(files.read()).extracting(LocalEndpoint::name).containsExactlyElementsOf(good);
    }

    @Test
    void itsSettingsAreTheOnesOfADomain() throws IOException {
        LocalFiles files = new LocalFiles(dir);
        LocalEndpoint plain = LocalFiles.parse("her", ConfigFactory.parseString("user = her"));
        assertThat(plain.policy()).isEqualTo(GuestPolicy.DEFAULT);

        LocalEndpoint set = LocalFiles.with(
                plain,
                List.of(
                        new Setting("playback", "volume", "80%"),
                        new Setting("playback", "mute", "no"),
                        new Setting("playback", "sink", "a.sink"),
                        new Setting("capture", "source", "a.source")));
        assertThat(set.policy())
                .isEqualTo(new GuestPolicy(true, "a.sink", 80, false, CapturePolicy.ASK, "a.source", null, null, null));
        files.write(set);
        assertThat(files.read("her")).isEqualTo(set);
        assertThat(LocalFiles.with(set, List.of(new Setting("playback", "volume", null)))
                        .policy()
                        .volumePercent())
                .isNull();

        assertThatThrownBy(() -> LocalFiles.with(set, List.of(new Setting("transport", "type", "vchan"))))
                .hasMessageContaining("a local endpoint has no setting transport type");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    usr = her                        | unknown key usr
                    mic = ask                        | nobody may use it
                    user = her, mic = maybe          | mic: maybe (expected: off
                    user = her, volume = 200%         | volume: 200% (expected: 0% to 150%
                    user = her, mute = maybe          | mute: maybe (expected: yes or no
                    uid = 7-3                        | uid: 7-3
                    uid = 0-99999999999              | uid: 0-99999999999
                    uid = 1-5, user = her            | uids beside a user
                    tcp = "10.0.0.1:4714"            | expected: a loopback address
                    tcp = "127.0.0.1:4714"           | allow: nobody
                    tcp = "127.0.0.1:1", allow = "127.0.0.1", user = her | tcp beside a user
                    """)
    void aBadEntryIsNamed(String text, String message) {
        assertThatThrownBy(() -> LocalFiles.parse("x", ConfigFactory.parseString(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "..", ".hidden", "-x", "ünï"})
    void aNameThatIsNoFileNameIsRefused(String name) {
        assertThatThrownBy(
                        () -> new LocalEndpoint(name, new LocalEndpoint.Socket("her", null, null), GuestPolicy.DEFAULT))
                .hasMessageContaining("expected: 1 to 64 letters");
    }

    @Test
    void aNameOfTwoHundredCharactersIsRefused() {
        assertThatThrownBy(() -> new LocalEndpoint(
                        "x".repeat(200), new LocalEndpoint.Socket("her", null, null), GuestPolicy.DEFAULT))
                .hasMessageContaining("expected: 1 to 64 letters");
    }

    @Test
    void uidsAreUnsigned() {
        LocalEndpoint.UidRange all = LocalEndpoint.UidRange.parse("4000000000-4000000010");
        assertThat(all.has((int) 4_000_000_005L)).isTrue();
        assertThat(all.has(5)).isFalse();
        assertThat(LocalEndpoint.UidRange.parse("1000").has(1000)).isTrue();
    }
}
