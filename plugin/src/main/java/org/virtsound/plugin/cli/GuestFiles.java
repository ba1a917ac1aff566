package org.virtsound.plugin.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.stream.Collectors;

/** What is put into a guest, each as the file that takes it. */
final class GuestFiles {
    private static final int LATENCY_MS = 100;

    private final Fields side;
    private final String server;

    /** @param side as the daemon says it, with a server */
    GuestFiles(Fields side) {
        this.side = side;
        this.server = side.text("server");
    }

    /** For /etc/pulse/client.conf: every program speaks to the host itself. */
    String client() {
        return "default-server = " + server + "\nautospawn = no\n";
    }

    /** For /etc/pulse/default.pa: a PulseAudio of the guest's own speaks to the host. */
    String pulseaudio() {
        return ".nofail\n"
                + "load-module module-tunnel-sink-new sink_name=virt-sound server=" + server
                + " reconnect_interval_ms=1000\n"
                + "load-module module-tunnel-source-new source_name=virt-sound-mic server=" + server
                + " reconnect_interval_ms=1000\n";
    }

    /** For /etc/pipewire/pipewire.conf.d: a PipeWire of the guest's own speaks to the host. */
    String pipewire() {
        return "context.modules = [\n" + tunnel("sink", "virt-sound", 1200) + tunnel("source", "virt-sound-mic", 2200)
                + "]\n";
    }

    /** @param priority by which the default is chosen; a sink counts as a source, too, by its monitor */
    private String tunnel(String mode, String name, int priority) {
        return "  { name = libpipewire-module-pulse-tunnel flags = [ nofail ]\n"
                + "    args = { tunnel.mode = " + mode + " pulse.server.address = \"" + server + "\" pulse.latency = "
                + LATENCY_MS + "\n      reconnect.interval.ms = 1000 stream.props = { node.name = " + name
                + " priority.session = " + priority + " } } }\n";
    }

    /** For /etc/hosts; empty where the host has no address. */
    String hosts() {
        return side.has("host") ? side.text("host") + "\tvirt-sound\n" : "";
    }

    /** What does the whole in the guest, and does it again without harm. */
    String script() throws Failure {
        if (side.has("mac") && !side.is("dhcp") && !side.has("address")) {
            throw new Failure(
                    ExitCode.FAILED,
                    side.text("name") + " has no address yet, and there is no DHCP; start it once, or give it one by"
                            + " <transport address=…/> in its metadata");
        }
        String address =
                side.has("address") && !side.is("dhcp") ? side.text("address") + "/" + side.text("prefix") : "";
        return template()
                .replace("@NAME@", side.text("name").replaceAll("[^A-Za-z0-9._+/-]", "?")) // no shell reads it
                .replace("@SERVER@", server)
                .replace("@MAC@", side.text("mac", ""))
                .replace("@ADDRESS@", address)
                .replace("@CLIENT@\n", client())
                .replace("@PULSEAUDIO@\n", pulseaudio())
                .replace("@PIPEWIRE@\n", pipewire());
    }

    /** User data that runs the script at the guest's first start. */
    String cloudInit() throws Failure {
        String indented = script().lines()
                .map(line -> line.isEmpty() ? "" : "      " + line)
                .collect(Collectors.joining("\n"));
        return "#cloud-config\nwrite_files:\n  - path: /usr/local/sbin/virt-sound-guest\n    permissions: '0755'\n"
                + "    content: |\n" + indented + "\nruncmd:\n  - [/usr/local/sbin/virt-sound-guest]\n";
    }

    /** For the domain's devices; empty where its sound needs none there. */
    String filesystem() {
        return side.has("source")
                ? "<filesystem type='mount'>\n  <source dir='" + side.text("source") + "'/>\n  <target dir='"
                        + side.text("target") + "'/>\n" + (side.is("readonly") ? "  <readonly/>\n" : "")
                        + "</filesystem>\n"
                : "";
    }

    private static String template() {
        try (InputStream in = Objects.requireNonNull(GuestFiles.class.getResourceAsStream("guest.sh"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
