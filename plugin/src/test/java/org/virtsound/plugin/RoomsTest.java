package org.virtsound.plugin;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** Who may know whom. */
@AnalyzeClasses(
        packages = "org.virtsound",
        importOptions = {ImportOption.DoNotIncludeTests.class, RoomsTest.NoTestJars.class})
class RoomsTest {
    /** The other modules' tests, which a package build brings in as jars. */
    static final class NoTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String NET = "org.virtsound.net..";
    private static final String AUDIO = "org.virtsound.audio..";
    private static final String PLUGIN = "org.virtsound.plugin..";

    @ArchTest
    static final ArchRule theNetworkKnowsNeitherSoundNorLibvirt = noClasses()
            .that()
            .resideInAPackage(NET)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AUDIO, PLUGIN);

    @ArchTest
    static final ArchRule soundKnowsNeitherTheNetworkNorLibvirt = noClasses()
            .that()
            .resideInAPackage(AUDIO)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(NET, PLUGIN);

    @ArchTest
    static final ArchRule oneRoomKnowsLibvirtsLibrary = noClasses()
            .that()
            .resideOutsideOfPackage("org.virtsound.plugin.libvirt..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.libvirt..");

    @ArchTest
    static final ArchRule nativeCodeIsForTheRoomsThatNeedIt = noClasses()
            .that()
            .resideOutsideOfPackages(
                    "org.virtsound.plugin",
                    "org.virtsound.plugin.libvirt..",
                    "org.virtsound.audio.vchan..",
                    "org.virtsound.audio.host..",
                    "org.virtsound.audio.xen..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("com.sun.jna..");

    @ArchTest
    static final ArchRule theProtocolIsValuesAndKnowsTheStreamModelAlone = noClasses()
            .that()
            .resideInAPackage("org.virtsound.audio.pulse..")
            .should()
            .dependOnClassesThat(other(AUDIO, "org.virtsound.audio.pulse..", "org.virtsound.audio.stream.."));

    @ArchTest
    static final ArchRule theStreamModelKnowsNobody = noClasses()
            .that()
            .resideInAPackage("org.virtsound.audio.stream..")
            .should()
            .dependOnClassesThat(other(AUDIO, "org.virtsound.audio.stream.."));

    @ArchTest
    static final ArchRule theGuestsSideDoesNotKnowTheHosts = noClasses()
            .that()
            .resideInAPackage("org.virtsound.audio.guest..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.virtsound.audio.host..");

    @ArchTest
    static final ArchRule theHostsSideKnowsNeitherGuestsNorTheirRelays = noClasses()
            .that()
            .resideInAPackage("org.virtsound.audio.host..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.virtsound.audio.guest..", "org.virtsound.audio.relay..");

    @ArchTest
    static final ArchRule theRelayIsBetweenTheTwoAndKnowsTheStreamModelAlone = noClasses()
            .that()
            .resideInAPackage("org.virtsound.audio.relay..")
            .should()
            .dependOnClassesThat(other(AUDIO, "org.virtsound.audio.relay..", "org.virtsound.audio.stream.."));

    @ArchTest
    static final ArchRule theCommandStartsWithoutLibvirtAndNetty = noClasses()
            .that()
            .resideInAPackage("org.virtsound.plugin.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.libvirt..", "com.sun.jna..", "io.netty..", "com.google.inject..");

    @ArchTest
    static final ArchRule whatGuestsGetIsDecidedWithoutKnowingLibvirtsLibrary = noClasses()
            .that()
            .resideInAnyPackage("org.virtsound.plugin.provision..", "org.virtsound.plugin.domain..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.virtsound.plugin.libvirt..", "org.virtsound.plugin.control..");

    @ArchTest
    static final ArchRule packagesAreNamedByTheirRole = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..impl..", "..manager..", "..common..", "..helper..");

    @ArchTest
    static final ArchRule noClassIsCalledAbstractOrManager = noClasses()
            .should()
            .haveSimpleNameStartingWith("Abstract")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl");

    /** One says so to Netty, too. */
    @ArchTest
    static final ArchRule classesHaveLoggersOfTheJdk = classes()
            .that()
            .doNotHaveSimpleName("StderrLog")
            .should()
            .onlyDependOnClassesThat()
            .resideOutsideOfPackages("org.slf4j..", "org.apache.commons.logging..", "io.netty.util.internal..");

    /** Of our own, any but these. */
    private static DescribedPredicate<JavaClass> other(String within, String... but) {
        return JavaClass.Predicates.resideInAPackage(within)
                .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(but)))
                .as("reside in another room of " + within);
    }
}
