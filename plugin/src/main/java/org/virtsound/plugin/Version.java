package org.virtsound.plugin;

import picocli.CommandLine.IVersionProvider;

/** What {@code --version} prints, from the jar's manifest. */
public final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Version.class.getPackage().getImplementationVersion();
        return new String[] {"virt-sound " + (version == null ? "(unpacked)" : version)};
    }
}
