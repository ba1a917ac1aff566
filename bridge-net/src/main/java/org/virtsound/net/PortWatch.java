package org.virtsound.net;

import static java.util.Objects.requireNonNull;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Locks each port of a bridge of ours as soon as it joins, so that it stays mute until somebody is given it, and tells of whatever
 * happens to the bridge, its addresses and its ports. {@code ip monitor}, our child, says when; it ends with us, however we end, and
 * is started again where it ends by itself.
 *
 * <p>One thread of its own, {@code port-watch}, which sleeps while nothing happens.
 */
public final class PortWatch implements AutoCloseable {
    private static final Logger log = Logger.getLogger(PortWatch.class.getName());
    private static final int RETRY_MS = 5_000;
    /** What {@code ip monitor} says on stderr where the kernel had more to tell than fits; it goes on. */
    private static final String MISSED = "netlink receive error";

    private static final Pattern DEVICE = Pattern.compile("(Deleted )?\\d+: ");

    private final List<String> prefix;
    private final Commands commands;
    private final Runnable changed;
    private final Consumer<Boolean> heard;
    private final String bridge;
    private final Pattern member;
    private final Pattern itself;
    private final Set<String> locked = new HashSet<>();
    private final Thread thread = new Thread(this::run, "port-watch");
    private String trouble = "";
    private volatile @Nullable Process monitor;
    private volatile boolean closed;

    /**
     * Both are called on the watch's thread.
     *
     * @param changed bridge or ports are not what they were, or may not be
     * @param heard whether {@code changed} is called for every change from now on
     */
    public PortWatch(Commands commands, SoundNetwork network, Runnable changed, Consumer<Boolean> heard) {
        this(List.of(), commands, network, changed, heard);
    }

    /** @param prefix words that go before the command, such as {@code ip netns exec NAME} */
    PortWatch(List<String> prefix, Commands commands, SoundNetwork network, Runnable changed, Consumer<Boolean> heard) {
        this.prefix = List.copyOf(prefix);
        this.commands = requireNonNull(commands, "commands is null");
        this.changed = requireNonNull(changed, "changed is null");
        this.heard = requireNonNull(heard, "heard is null");
        this.bridge = network.bridge();
        this.member =
                Pattern.compile("(Deleted )?(\\d+): ([^:@ ]+)(?:@[^:]+)?: .* master " + Pattern.quote(bridge) + " .*");
        this.itself = Pattern.compile("(?:Deleted )?\\d+: " + Pattern.quote(bridge) + "[: ].*");
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        closed = true;
        Process running = monitor;
        if (running != null) {
            running.destroy();
        }
        thread.interrupt();
    }

    private void run() {
        try {
            while (!closed) {
                String ended = watch();
                heard.accept(false);
                if (!closed) {
                    tell(ended);
                    TimeUnit.MILLISECONDS.sleep(RETRY_MS);
                }
            }
        } catch (InterruptedException e) {
            return; // closed
        }
    }

    private void tell(String ended) {
        log.log(
                ended.equals(trouble) ? Level.FINE : Level.WARNING,
                () -> "ip monitor " + ended + "; until it runs again, the network is looked at every few seconds");
        trouble = ended;
    }

    private Process monitor() throws IOException {
        List<String> argv = new ArrayList<>(prefix);
        argv.addAll(List.of("setpriv", "--pdeathsig", "KILL", "ip", "-o", "monitor", "link", "address"));
        return new ProcessBuilder(argv)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
    }

    /** @return how it ended */
    private String watch() {
        Process started;
        try {
            started = monitor();
        } catch (IOException e) {
            return "cannot be started: " + e.getMessage();
        }
        monitor = started;
        String words = "";
        try (BufferedReader lines = started.inputReader(StandardCharsets.UTF_8)) {
            heard.accept(true);
            mayHaveMissed(); // what came before it listened
            for (String line = closed ? null : lines.readLine(); line != null; line = lines.readLine()) {
                words = DEVICE.matcher(line).lookingAt() ? words : ": " + line;
                read(line);
            }
        } catch (IOException e) {
            words = ": " + e.getMessage();
        } finally {
            started.destroy();
        }
        return "ended" + words;
    }

    /**
     * A line is {@code 7: vnet0: <…> … master SOUND …}, with the word Deleted before it when the port leaves; or it is the bridge's:
     * {@code 5: SOUND: <…>}, {@code 5: SOUND inet 10.47.13.1/29 …}.
     */
    private void read(String line) {
        if (line.startsWith(MISSED)) {
            mayHaveMissed();
            return;
        }
        if (itself.matcher(line).matches()) {
            changed.run();
            return;
        }
        Matcher matcher = member.matcher(line);
        if (!matcher.matches()) {
            return;
        }
        String index = matcher.group(2);
        if (matcher.group(1) != null) {
            locked.remove(index);
        } else if (locked.add(index)) {
            lock(matcher.group(3));
        }
        changed.run(); // also where it was locked: somebody may have unlocked it
    }

    private void mayHaveMissed() {
        locked.clear();
        changed.run();
    }

    private boolean isOurs() {
        try {
            return Json.objects(commands.run("ip", "-j", "link", "show", "dev", bridge)).stream()
                    .anyMatch(link -> Maker.of(Json.text(link, "ifalias")).isPresent());
        } catch (CommandFailure gone) {
            return false;
        }
    }

    private void lock(String device) {
        if (!isOurs()) {
            return; // whoever made the bridge says what its other ports may do
        }
        try {
            commands.run(PortSettings.lock(device, true));
        } catch (CommandFailure noLock) {
            try {
                commands.run(PortSettings.lock(device, false));
            } catch (CommandFailure e) {
                // It is gone again, or the next look at the network says what is wrong.
                log.log(Level.FINE, "port " + device + ": " + e.getMessage());
            }
        }
    }
}
