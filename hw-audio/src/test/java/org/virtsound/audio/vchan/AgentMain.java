package org.virtsound.audio.vchan;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An agent as a process of its own. Arguments: {@code pulseaudio|pulseaudio_old|pipewire}, then {@code socket DIR
 * DOMID} or {@code xen CLIENT-DOMID [HOME]}. One command a line on
 * standard input, and for each a line with its state on standard output; it ends at the end of its input.
 */
final class AgentMain {
    private AgentMain() {}

    public static void main(String[] args) throws IOException {
        QubesAgent.Kind kind = QubesAgent.Kind.valueOf(args[0].toUpperCase(Locale.ROOT));
        AgentTransport transport = switch (args[1]) {
            case "socket" -> SocketAgent.in(Path.of(args[2]), Integer.parseInt(args[3]));
            case "xen" -> XenAgent.to(Integer.parseInt(args[2]), args.length > 3 ? args[3] : "");
            default -> throw new IllegalArgumentException(args[1]);
        };
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        try (QubesAgent agent = new QubesAgent(kind, transport)) {
            for (String command; (command = in.readLine()) != null; ) {
                obey(agent, command);
                System.out.println("connects=" + agent.connects + " number=" + agent.number()
                        + " seconds=" + agent.rate.seconds() + " rate=" + agent.rate.perSecond() + " overruns="
                        + agent.overruns + " silent=" + agent.mic.silent() + " numbered=" + agent.mic.numbered()
                        + " breaks=" + agent.mic.breaks() + " silentInside=" + agent.mic.silentInside());
            }
        }
    }

    private static void obey(QubesAgent agent, String command) {
        switch (command) {
            case "play" -> agent.play();
            case "pause" -> agent.pause();
            case "idle" -> agent.idle();
            case "mic on" -> agent.wantMic(true);
            case "mic off" -> agent.wantMic(false);
            case "count" -> agent.count();
            case "state" -> {}
            case "await" -> {
                while (agent.connects == 0) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                }
            }
            // For a script that cannot wait between two lines.
            case "wait" -> LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            default -> throw new IllegalArgumentException(command);
        }
    }
}
