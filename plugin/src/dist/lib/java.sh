# How the JVM is started: the one place of its flags, read by bin/virtsoundd and bin/virt-sound. $home is set.

java=${JAVA_HOME:+$JAVA_HOME/bin/}java
if ! command -v "$java" >/dev/null 2>&1; then
    echo "${0##*/}: no java found (expected: a Java 17 runtime or newer); install one: apt install default-jre-headless" >&2
    exit 1
fi
# The runtime tells its version in a file; asking it would cost a start of its own.
release=$(readlink -f "$(command -v "$java")")
release=${release%/*/*}/release
if [ -r "$release" ]; then
    version=17
    while IFS='="' read -r key empty value; do
        case $key in JAVA_VERSION) version=${value%%[!0-9]*} ;; esac
    done < "$release"
    if [ "${version:-17}" -lt 17 ]; then
        echo "${0##*/}: $java is Java $version (expected: 17 or newer); install one: apt install default-jre-headless, or set JAVA_HOME" >&2
        exit 1
    fi
fi
native=$home/lib/native/$(uname -m)
# The archive of classes holds for exactly this path.
class_path=$home/lib/virt-sound.jar

# SerialGC: the smallest collector; there is next to nothing to collect.
# ArchiveRelocationMode=0: the archive is used where it was laid out for; moving it, as newer JDKs do by default, writes to 15 MB of
#   it at each start. Unlock, Ignore: it is a diagnostic flag, which another JDK need not have.
# SharedArchiveFile: the classes as bin/prepare laid them out for this JVM; without it, or for another JVM, they are loaded from
#   the jars, and Xlog keeps quiet about that.
# java.library.path, jna.boot.library.path, jna.nounpack: native libraries are taken from lib/native as they lie there. Nothing is
#   unpacked into a temporary folder, which may be mounted noexec.
# jna.nosys: never take another JNA's library from the system.
# UsePerfData: counters in a file that nobody reads, for which the JVM wakes 20 times a second.
# AsyncDeflationInterval, milliseconds: nor 4 times a second to look for locks that nobody waits for any more.
# java.util.logging.config.file, java.nio.channels.spi.SelectorProvider: no file, for we set the log up ourselves, and the one selector
#   of Linux by name: for either, the JVM would look through the index of the jar for somebody else's, which takes a twentieth of a start.
# enable-native-access: newer JDKs warn about JNA without it.
common_flags="-XX:+UseSerialGC -Xshare:auto
    -XX:+IgnoreUnrecognizedVMOptions -XX:+UnlockDiagnosticVMOptions -XX:ArchiveRelocationMode=0
    -XX:SharedArchiveFile=$home/lib/classes.jsa -Xlog:cds=off -Xlog:cds+dynamic=off -Xlog:class+path=off -XX:-UsePerfData
    -XX:AsyncDeflationInterval=10000
    -Djava.util.logging.config.file=/dev/null/none -Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.EPollSelectorProvider
    -Djava.library.path=$native -Djna.boot.library.path=$native -Djna.nounpack=true -Djna.nosys=true
    --enable-native-access=ALL-UNNAMED"

# Xmx, Xss, ReservedCodeCacheSize, MaxMetaspaceSize: bounds a few times of what hundreds of guests need, so that a leak is an
#   error and not the host's memory.
# Xms, Xmn: what ten guests need. What a look at all domains makes has room in the young generation until the look is over: what is
#   moved to the old one calls for a collection of the whole heap, 10 ms in which no audio moves, where a young one takes 1. Both
#   begin at a multiple of 2 MB, for huge pages.
# StackShadowPages: each thread's first method touches that many pages of its stack, of which there are 30 threads.
# SegmentedCodeCache: what handles audio lies side by side, not among what the first compiler made on the way there. At one stream all
#   of it is cold each time, and this is a quarter of the relay's own time.
# UseTransparentHugePages: one entry of the processor's for all of that, and one for each 2 MB of heap, instead of hundreds that other
#   programs' take the place of: a fifth of the relay's own time at one stream, for 3 MB of memory.
# StringTableSize, SymbolTableSize: the tables are as large as if 100,000 names were loaded from jars; most are in the archive.
# TrimNativeHeapInterval, milliseconds: what the compiler took from malloc at the start, and is done with, goes back to the host. JVMs
#   that do not know it keep it.
# MaxDirectMemorySize: audio on its way; bounded by the guests' limits long before.
# ExitOnOutOfMemoryError: a daemon that lost a thread is worse than one that its supervisor starts again.
# CompileThresholdScaling: what runs a few hundred times at the start and never again is not worth compiling, which was a third of the
#   start's CPU.
# CICompilerCount: one thread for each of the two compilers, on a host of many cores, too.
# MaxNodeLimit: what is larger stays as the first compiler made it (24,000 nodes instead of 80,000). One method of Netty's takes the
#   second one 24 MB, for minutes, and is no quicker for it.
# CompileCommand: what handles audio is compiled five times as soon as a JVM would (the two scales multiply: 20 times 0.01), for one
#   stream passes it 400 times a second, and it ran slowly for 10 s whenever something new had happened; and is compiled apart where
#   one room hands over to the next, for inlined in one another all of them are too large, and stay as the first compiler made them.
# io.netty.allocator.type: of the pooled one a slice of what was received is a recycled object, so a block of audio makes no garbage.
# io.netty.leakDetection: it takes a stack trace of one buffer in 128; the tests run with it at its strictest.
# io.netty.allocator: one small arena; the audio loop is the one thread that allocates much.
# io.netty.allocator.maxOrder: chunks of 256 KiB instead of 4 MiB; a block of audio has at most 64 KiB.
# io.netty.trackPinnedMemory: no count of the bytes in use; nobody reads it, and at one stream it was a tenth of the relay's own time.
# io.netty.osClassifiers: the native library lies there as it is; no look at which distribution this is.
# io.netty.jfr.enabled, guice_bytecode_gen_option: no flight recorder and no code made at run time to call constructors once.
# guice_include_stack_traces: no stack trace for each line of the wiring, which only its errors would show.
# sun.reflect.inflationThreshold: nor for one that is called for the sixteenth time.
# io.netty.machineId, processId: ids of connections never leave the process, so no network card is looked for to make them unique.
daemon_flags="-Xms10m -Xmn4m -Xmx32m -Xss512k -XX:StackShadowPages=10 -XX:ReservedCodeCacheSize=16m -XX:+SegmentedCodeCache -XX:MaxMetaspaceSize=48m
    -XX:+UseTransparentHugePages
    -XX:StringTableSize=4096 -XX:+UnlockExperimentalVMOptions -XX:SymbolTableSize=2048
    -XX:CICompilerCount=2 -XX:MaxNodeLimit=24000 -XX:CompileThresholdScaling=20 -XX:CompileCommand=quiet
    -XX:CompileCommand=CompileThresholdScaling,org.virtsound.audio*::*,0.01
    -XX:CompileCommand=CompileThresholdScaling,io.netty*::*,0.01
    -XX:CompileCommand=dontinline,org.virtsound.audio.pulse.FrameDecoder::channelRead
    -XX:CompileCommand=dontinline,org.virtsound.audio.guest.GuestOut::*
    -XX:CompileCommand=dontinline,org.virtsound.audio.relay.*::*
    -XX:CompileCommand=dontinline,io.netty.channel.DefaultChannelPipeline::*
    -XX:CompileCommand=dontinline,io.netty.channel.AbstractChannel\$AbstractUnsafe::*
    -XX:TrimNativeHeapInterval=10000 -XX:MaxDirectMemorySize=32m -XX:+ExitOnOutOfMemoryError
    -Dio.netty.allocator.type=pooled -Dio.netty.leakDetection.level=disabled
    -Dio.netty.allocator.numDirectArenas=1 -Dio.netty.allocator.numHeapArenas=1 -Dio.netty.allocator.maxOrder=5
    -Dio.netty.trackPinnedMemory=false
    -Dio.netty.osClassifiers= -Dio.netty.jfr.enabled=false -Dguice_bytecode_gen_option=DISABLED -Dguice_include_stack_traces=OFF
    -Dsun.reflect.inflationThreshold=1000000
    -Dio.netty.machineId=02:00:00:00:00:01 -Dio.netty.processId=1"

# MALLOC_ARENA_MAX: glibc would give each of the threads a heap of its own, which keeps what the thread once had.
export MALLOC_ARENA_MAX="${MALLOC_ARENA_MAX:-2}"

# The command runs for a moment: a small heap is enough, and the second compiler would only cost.
command_flags="-XX:TieredStopAtLevel=1 -XX:CompileThresholdScaling=5 -Xms8m -Xmx32m -Xss512k"

# What a developer adds, the last to count: a profiler, a list of the classes loaded.
daemon_flags="$daemon_flags ${VIRT_SOUND_JAVA_FLAGS:-}"
command_flags="$command_flags ${VIRT_SOUND_JAVA_FLAGS:-}"
