package org.virtsound.plugin.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The example that is installed as virt-sound.conf, and its page of the manual. */
class ShippedConfigTest {
    private static final Path SHARE = Path.of("src/dist/share");
    private static final Path LOCAL_DIR = SHARE.resolve("local.d").toAbsolutePath();
    private static final Pattern COMMENTED_KEY = Pattern.compile("(?m)^(\\s*)#([a-z-]+ = )");

    @Test
    void asShippedDiffersFromTheDefaultsOnlyInKeepingTheNetwork() throws Exception {
        ServiceConfig shipped = ConfigFile.read(SHARE.resolve("virt-sound.conf"));
        ServiceConfig built = ConfigFile.parse(ConfigFactory.empty(), LOCAL_DIR);

        assertThat(built.network().keep()).isFalse();
        assertThat(shipped.network().keep()).isTrue();
        assertThat(shipped)
                .usingRecursiveComparison()
                .ignoringFields("network.keep")
                .isEqualTo(built);
    }

    @Test
    void everyCommentedValueIsTheDefault() throws Exception {
        ServiceConfig uncommented = ConfigFile.parse(uncommented(), LOCAL_DIR);

        assertThat(uncommented)
                .usingRecursiveComparison()
                .ignoringFields("network.keep", "serveAllUris")
                .isEqualTo(ConfigFile.parse(ConfigFactory.empty(), LOCAL_DIR));
    }

    @Test
    void showsEveryKeyThereIs() throws Exception {
        assertThat(uncommented().entrySet().stream().map(entry -> entry.getKey()))
                .containsExactlyInAnyOrderElementsOf(known());
    }

    @Test
    void itsPageTellsOfEveryKeyThereIsAndOfNoOther() throws Exception {
        String page = Files.readString(SHARE.resolve("man/virt-sound.conf.5"));

        assertThat(page.lines()
                        .filter(line -> line.startsWith(".B ") && !line.contains("#"))
                        .map(line -> line.substring(3).replace("\\", ""))
                        .filter(key -> key.contains(".") || key.contains("-")))
                .containsExactlyInAnyOrderElementsOf(known());
    }

    @ParameterizedTest
    @ValueSource(strings = {"local", "machine"})
    void bothTellOfEveryKeyOfTheSectionsByName(String section) throws Exception {
        Set<String> keys = section.equals("local") ? LocalFiles.KEYS : OutsideMachine.KEYS;
        String page = Files.readString(SHARE.resolve("man/virt-sound.conf.5"));
        String shipped = Files.readString(SHARE.resolve("virt-sound.conf"));
        Matcher inPage =
                Pattern.compile("(?m)^\\.SS " + section + "\n((?s).*?)^\\.S").matcher(page);
        Matcher inShipped =
                Pattern.compile("((?m)(?:^#.*\n)+" + section + " \\{\n.*\n)\\}").matcher(shipped);

        assertThat(inPage.find() && inShipped.find()).isTrue();
        assertThat(Pattern.compile("\\.TP\n\\.I (\\S+)\n")
                        .matcher(inPage.group(1))
                        .results()
                        .map(key -> key.group(1)))
                .containsExactlyInAnyOrderElementsOf(keys);
        assertThat(inShipped.group(1).split("\\W+")).containsAll(keys);
    }

    private static Config uncommented() throws Exception {
        String text = Files.readString(SHARE.resolve("virt-sound.conf"));
        return ConfigFactory.parseString(
                COMMENTED_KEY.matcher(text).replaceAll("$1$2").replace("= none", "= \"none\""));
    }

    private static Set<String> known() throws Exception {
        Config empty = ConfigFactory.empty();
        Keys keys = new Keys(empty);
        ConfigFile.parse(empty, keys, LOCAL_DIR);
        return keys.known();
    }
}
