package org.virtsound.audio.guest;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A real client as a guest runs it: a shell line in which {@code $WAV}, {@code $MP3} and {@code $RAW} (s16 stereo at 48 kHz) are the
 * tone to play and {@code $OUT} is the raw file to record to; {@code $PULSE_SERVER} is the relay.
 *
 * @param needs what must be on the machine
 */
record GuestProgram(String name, boolean plays, String line, String... needs) {
    private static final String GUEST_PULSE = "pulseaudio -n --daemonize=no --exit-idle-time=-1 --use-pid-file=no"
            + " -L \"module-native-protocol-unix auth-anonymous=1 socket=$HOME/own\" -L \"%s\" 2>$HOME/guest-pulse & own=$!;"
            + " trap 'kill $own' EXIT; until pactl -s unix:$HOME/own info >/dev/null 2>&1; do sleep 0.1; done;"
            + " until pactl -s unix:$HOME/own list short %s | grep -q tunnel; do sleep 0.1; done; %s";

    static List<GuestProgram> players() {
        return List.of(
                new GuestProgram("pacat", true, "pacat --raw --rate=48000 --latency-msec=400 $RAW", "pacat"),
                new GuestProgram("paplay", true, "paplay $WAV", "paplay"),
                new GuestProgram("aplay (ALSA plugin)", true, "aplay -q -D pulse $WAV", "aplay"),
                new GuestProgram("mpv", true, "mpv --no-config --no-terminal --ao=pulse $WAV", "mpv"),
                new GuestProgram("mpv (SDL2)", true, "mpv --no-config --no-terminal --ao=sdl $WAV", "mpv"),
                new GuestProgram(
                        "ffmpeg",
                        true,
                        "ffmpeg -v error -nostdin -re -i $WAV -f pulse -buffer_duration 200 out",
                        "ffmpeg"),
                new GuestProgram("ffplay (SDL2)", true, "ffplay -v error -nodisp -autoexit $WAV </dev/null", "ffplay"),
                new GuestProgram(
                        "gst pulsesink",
                        true,
                        "gst-launch-1.0 -q filesrc location=$WAV ! wavparse ! audioconvert ! audioresample ! pulsesink",
                        "gst-launch-1.0"),
                new GuestProgram("mpg123", true, "mpg123 -q -o pulse $MP3", "mpg123"),
                new GuestProgram("OpenAL (out123)", true, "mpg123 -q -o openal $MP3", "mpg123"),
                new GuestProgram(
                        "PulseAudio tunnel-sink",
                        true,
                        GUEST_PULSE.formatted(
                                "module-tunnel-sink server=$PULSE_SERVER sink_name=tunnel",
                                "sinks",
                                "pacat -s unix:$HOME/own --raw --rate=48000 --latency-msec=400 $RAW"),
                        "pulseaudio"),
                new GuestProgram(
                        "PulseAudio tunnel-sink-new",
                        true,
                        GUEST_PULSE.formatted(
                                "module-tunnel-sink-new server=$PULSE_SERVER sink_name=tunnel",
                                "sinks",
                                "pacat -s unix:$HOME/own --raw --rate=48000 --latency-msec=400 $RAW"),
                        "pulseaudio"),
                new GuestProgram(
                        "PipeWire pulse-tunnel",
                        true,
                        pipeWire("sink", "pacat -s unix:$HOME/pulse/native --raw --rate=48000 --latency-msec=400 $RAW"),
                        "pipewire",
                        "dbus-run-session"));
    }

    static List<GuestProgram> recorders() {
        return List.of(
                new GuestProgram("parec", false, "parec --raw --rate=48000 --latency-msec=50 > $OUT", "parec"),
                new GuestProgram(
                        "arecord (ALSA plugin)",
                        false,
                        "arecord -q -D pulse -t raw -f S16_LE -r 48000 -c 2 $OUT",
                        "arecord"),
                new GuestProgram(
                        "ffmpeg",
                        false,
                        "ffmpeg -v error -nostdin -y -f pulse -fragment_size 9600 -i default -f s16le -ar 48000 -ac 2"
                                + " -flush_packets 1 $OUT",
                        "ffmpeg"),
                new GuestProgram(
                        "gst pulsesrc",
                        false,
                        "gst-launch-1.0 -q pulsesrc ! audio/x-raw,format=S16LE,rate=48000,channels=2 ! filesink"
                                + " buffer-mode=2 location=$OUT",
                        "gst-launch-1.0"),
                new GuestProgram(
                        "PulseAudio tunnel-source",
                        false,
                        GUEST_PULSE.formatted(
                                "module-tunnel-source server=$PULSE_SERVER source_name=tunnel",
                                "sources",
                                "parec -s unix:$HOME/own --raw --rate=48000 --latency-msec=50 > $OUT"),
                        "pulseaudio"),
                new GuestProgram(
                        "PulseAudio tunnel-source-new",
                        false,
                        GUEST_PULSE.formatted(
                                "module-tunnel-source-new server=$PULSE_SERVER source_name=tunnel",
                                "sources",
                                "parec -s unix:$HOME/own --raw --rate=48000 --latency-msec=50 > $OUT"),
                        "pulseaudio"),
                new GuestProgram(
                        "PipeWire pulse-tunnel",
                        false,
                        pipeWire(
                                "source",
                                "parec -s unix:$HOME/pulse/native -d tunnel --raw --rate=48000 --latency-msec=50 > $OUT"),
                        "pipewire",
                        "dbus-run-session"));
    }

    /** A PipeWire of the guest's own, with one end of its pulse-tunnel at the relay. */
    private static String pipeWire(String mode, String then) {
        return "mkdir -p $HOME/.config/pipewire/pipewire.conf.d; cat > $HOME/.config/pipewire/pipewire.conf.d/tunnel.conf <<END\n"
                + "context.modules = [ { name = libpipewire-module-pulse-tunnel args = { tunnel.mode = " + mode
                + " pulse.server.address = \"$PULSE_SERVER\" pulse.latency = 200"
                + " stream.props = { node.name = tunnel } } } ]\nEND\n"
                + "exec dbus-run-session -- sh -c 'export PIPEWIRE_RUNTIME_DIR=$HOME;"
                + " pipewire 2>$HOME/pw & wireplumber 2>$HOME/wp & pipewire-pulse 2>$HOME/pp & trap \"kill %1 %2 %3\" EXIT;"
                + " until pactl -s unix:$HOME/pulse/native list short | grep -q tunnel; do sleep 0.1; done; sleep 0.5; "
                + then
                + "'";
    }

    String[] command() {
        return new String[] {"sh", "-c", line};
    }

    List<String> missing() {
        List<String> missing = new ArrayList<>(Arrays.asList(needs));
        missing.removeIf(program -> java.nio.file.Files.isExecutable(java.nio.file.Path.of("/usr/bin", program)));
        return missing;
    }

    @Override
    public String toString() {
        return name;
    }
}
