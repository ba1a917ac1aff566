package org.virtsound.audio.pulse;

import org.jspecify.annotations.Nullable;

/** What changes the server itself: never passed on for a guest. Source: native-protocol.md, 7. */
public sealed interface ModuleCommand extends Request {

    /**
     * Answered by {@link Answer.Found}: the module's index.
     *
     * @param arguments key=value, separated by spaces
     */
    record Load(String name, @Nullable String arguments) implements ModuleCommand {
        @Override
        public Opcode opcode() {
            return Opcode.LOAD_MODULE;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.string(name).string(arguments);
        }

        public static Load decode(TagReader in, int version) {
            Load command = new Load(in.string(), in.stringOrNull());
            in.end();
            return command;
        }
    }

    /** Answered by {@link Answer.Done}. */
    record Unload(int moduleIndex) implements ModuleCommand {
        @Override
        public Opcode opcode() {
            return Opcode.UNLOAD_MODULE;
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(moduleIndex);
        }

        public static Unload decode(TagReader in, int version) {
            Unload command = new Unload(in.u32());
            in.end();
            return command;
        }
    }

    /** SUSPEND_SINK and SUSPEND_SOURCE: the device goes to sleep, or wakes. */
    record SuspendDevice(
            Direction direction, int deviceIndex, @Nullable String deviceName, boolean suspended)
            implements ModuleCommand {
        @Override
        public Opcode opcode() {
            return direction.pick(Opcode.SUSPEND_SINK, Opcode.SUSPEND_SOURCE);
        }

        @Override
        public void encode(TagWriter out, int version) {
            out.u32(deviceIndex).string(deviceName).bool(suspended);
        }

        public static SuspendDevice decode(Direction direction, TagReader in, int version) {
            SuspendDevice command = new SuspendDevice(direction, in.u32(), in.stringOrNull(), in.bool());
            in.end();
            return command;
        }
    }
}
