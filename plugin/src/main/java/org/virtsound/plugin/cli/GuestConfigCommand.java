package org.virtsound.plugin.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.virtsound.plugin.domain.Virsh;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "guest-config",
        description = "What to put into a guest, ready to paste; without an option, what every guest needs.",
        mixinStandardHelpOptions = true)
final class GuestConfigCommand implements Callable<Integer> {
    @Mixin
    private ServiceOptions service = new ServiceOptions();

    @Parameters(paramLabel = "DOMAIN", description = "Its name, UUID or id; it need not run.")
    private String domain = "";

    @ArgGroup
    private @Nullable Form form;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** One of them, or none. */
    private static final class Form {
        @Option(names = "--client", description = "For /etc/pulse/client.conf: programs speak to the host themselves.")
        @SuppressWarnings("UnusedVariable") // what is left where it is none of the others
        private boolean client;

        @Option(
                names = "--pulseaudio",
                description =
                        "For /etc/pulse/default.pa.d: the guest's own PulseAudio, 16 or newer, speaks to the host.")
        private boolean pulseaudio;

        @Option(
                names = "--pipewire",
                description = "For /etc/pipewire/pipewire.conf.d: the guest's own PipeWire speaks to the host.")
        private boolean pipewire;

        @Option(names = "--hosts", description = "For /etc/hosts: a name for the host's address.")
        private boolean hosts;

        @Option(names = "--cloud-init", description = "User data that runs the script when the guest first starts.")
        private boolean cloudInit;

        @Option(
                names = "--script",
                description =
                        "A shell script that does it all in a Debian, Fedora or Arch guest, and can be run again.")
        private boolean script;
    }

    @Override
    public Integer call() throws Failure {
        Fields side = new Fields(service.control().get(ControlClient.path("domains", domain, "guest")));
        PrintWriter out = spec.commandLine().getOut();
        if (!side.has("server")) {
            if (form != null) {
                throw new Failure(
                        ExitCode.FAILED,
                        "domain " + side.text("name") + " is heard over vchans (expected: a network or a socket); its"
                                + " guest needs Qubes' audio agent and nothing of this");
            }
            out.println("# " + side.text("name") + " is heard over vchans, and the guest needs Qubes' audio agent:");
            out.println("# the package pulseaudio-qubes, or pipewire-qubes. There is no server to name.");
            return ExitCode.DONE;
        }
        if (isForUser(side) && form != null && (form.script || form.cloudInit || form.hosts)) {
            throw new Failure(
                    ExitCode.FAILED,
                    side.text("name") + " is for users of this machine, and that would change it for all of them"
                            + " (expected: no option, or --client, --pulseaudio or --pipewire for files of their own)");
        }
        out.print(text(side, new GuestFiles(side)));
        return ExitCode.DONE;
    }

    private String text(Fields side, GuestFiles files) throws Failure {
        if (form == null) {
            return whole(side, files);
        } else if (form.script) {
            return files.script();
        } else if (form.cloudInit) {
            return files.cloudInit();
        } else if (form.pulseaudio) {
            return files.pulseaudio();
        } else if (form.pipewire) {
            return files.pipewire();
        } else if (form.hosts) {
            return hosts(side, files);
        }
        return files.client();
    }

    private static String hosts(Fields side, GuestFiles files) throws Failure {
        if (files.hosts().isEmpty()) {
            throw new Failure(
                    ExitCode.FAILED,
                    side.text("name") + " reaches the host by a socket, which has no address (expected: a network)");
        }
        return files.hosts();
    }

    private static String whole(Fields side, GuestFiles files) {
        StringBuilder text = new StringBuilder();
        if (!files.filesystem().isEmpty()) {
            text.append("<!-- among the devices, by: ")
                    .append(Virsh.at(side.text("libvirtUri")))
                    .append(" edit ")
                    .append(side.text("name"))
                    .append(" -->\n");
            text.append(files.filesystem());
        }
        if (side.has("mac")) {
            text.append("# its card ").append(side.text("mac")).append(" has ");
            text.append(
                    side.has("address")
                            ? side.text("address") + "/" + side.text("prefix")
                            : "an address of the host's choice");
            text.append(side.is("dhcp") ? ", by DHCP\n" : ", to be set in the guest\n");
        }
        text.append(
                isForUser(side)
                        ? "# its user's ~/.config/pulse/client.conf; for one program: PULSE_SERVER="
                                + side.text("server")
                        : "# in the " + side.text("for", "guest") + ", /etc/pulse/client.conf:");
        return text.append('\n').append(files.client()).toString();
    }

    private static boolean isForUser(Fields side) {
        return side.text("for").equals("user");
    }
}
