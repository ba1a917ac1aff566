package org.virtsound.audio.pulse;

import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.virtsound.audio.stream.BufferAttr;
import org.virtsound.audio.stream.ChannelMap;
import org.virtsound.audio.stream.ChannelVolumes;
import org.virtsound.audio.stream.ErrorCode;
import org.virtsound.audio.stream.SampleFormat;
import org.virtsound.audio.stream.SampleSpec;

/** Makes any command of the protocol out of chance, by the components of its record. */
final class Commands {
    private final RandomGenerator random;

    Commands(RandomGenerator random) {
        this.random = random;
    }

    /** Every record below {@link Command}; a new one is found here by itself. */
    static List<Class<? extends Command>> types() {
        List<Class<? extends Command>> types = new ArrayList<>();
        collect(Command.class, types);
        return types;
    }

    private static void collect(Class<?> type, List<Class<? extends Command>> types) {
        if (type.isRecord()) {
            types.add(type.asSubclass(Command.class));
            return;
        }
        for (Class<?> permitted : type.getPermittedSubclasses()) {
            collect(permitted, types);
        }
    }

    Command any(Class<? extends Command> type) {
        if (type == Query.Plain.class) {
            return new Query.Plain(pick(new ArrayList<>(Query.Plain.OPCODES)));
        }
        if (type == Failure.class) {
            return new Failure(ErrorCode.of(random.nextInt(1, ErrorCode.values().length)));
        }
        if (type == SessionRequest.Auth.class || type == Answer.Authorized.class) {
            // A word of 16 and 16 bits.
            int version = random.nextInt(0x10000);
            int flags = random.nextInt() & 0xFFFF0000;
            return type == Answer.Authorized.class
                    ? new Answer.Authorized(version, flags)
                    : new SessionRequest.Auth(version, flags, cookie());
        }
        return type.cast(build(type));
    }

    /** Decodes the way that a receiver who expects this command does. */
    static Command decode(Command like, TagReader in, int version) {
        if (like instanceof Request) {
            return Request.decode(like.opcode(), in, version);
        }
        if (like instanceof Event) {
            return Event.decode(like.opcode(), in, version);
        }
        if (like instanceof Failure) {
            return Failure.decode(in, version);
        }
        return Answer.decode(asked((Answer) like), in, version);
    }

    static Opcode asked(Answer answer) {
        Direction direction = directionOf(answer);
        String name = answer.getClass().getSimpleName();
        return switch (name) {
            case "Done" -> Opcode.CORK_PLAYBACK_STREAM;
            case "Authorized" -> Opcode.AUTH;
            case "ClientIndex" -> Opcode.SET_CLIENT_NAME;
            case "PlaybackOpened" -> Opcode.CREATE_PLAYBACK_STREAM;
            case "RecordOpened" -> Opcode.CREATE_RECORD_STREAM;
            case "Latency" -> direction.pick(Opcode.GET_PLAYBACK_LATENCY, Opcode.GET_RECORD_LATENCY);
            case "BufferAttrSet" ->
                direction.pick(Opcode.SET_PLAYBACK_STREAM_BUFFER_ATTR, Opcode.SET_RECORD_STREAM_BUFFER_ATTR);
            case "ServerInfo" -> Opcode.GET_SERVER_INFO;
            case "DeviceInfos" -> direction.pick(Opcode.GET_SINK_INFO_LIST, Opcode.GET_SOURCE_INFO_LIST);
            case "StreamInfos" -> direction.pick(Opcode.GET_SINK_INPUT_INFO_LIST, Opcode.GET_SOURCE_OUTPUT_INFO_LIST);
            case "ClientInfos" -> Opcode.GET_CLIENT_INFO_LIST;
            case "Found" -> Opcode.LOOKUP_SINK;
            case "Statistics" -> Opcode.STAT;
            default -> throw new AssertionError("what is " + name + " the answer to?");
        };
    }

    private static Direction directionOf(Answer answer) {
        try {
            Method accessor = answer.getClass().getMethod("direction");
            return (Direction) accessor.invoke(answer);
        } catch (NoSuchMethodException e) {
            return Direction.PLAYBACK;
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private Object build(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            Object value = value(components[i].getGenericType());
            boolean nullable = Stream.of(components[i].getAnnotatedType().getAnnotations())
                    .anyMatch(a -> a.annotationType().getSimpleName().equals("Nullable"));
            values[i] = nullable && random.nextInt(4) == 0 ? null : value;
        }
        try {
            Class<?>[] parameters =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            var constructor = type.getDeclaredConstructor(parameters);
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(type.toString(), e);
        }
    }

    private Object value(Type type) {
        if (type instanceof ParameterizedType parameterized) {
            Type of = parameterized.getActualTypeArguments()[0];
            return parameterized.getRawType() == Set.class
                    ? new LinkedHashSet<>(some(random.nextInt(10), () -> value(of)))
                    : some(random.nextInt(4), () -> value(of));
        }
        Class<?> raw = (Class<?>) type;
        return switch (raw.getSimpleName()) {
            case "int" -> random.nextInt(3) == 0 ? -1 : random.nextInt();
            case "long" -> random.nextLong();
            case "boolean" -> random.nextBoolean();
            case "String" -> string();
            case "Direction" -> pick(List.of(Direction.values()));
            case "StreamFlag" -> pick(List.of(StreamFlag.values()));
            case "Cookie" -> cookie();
            case "Proplist" -> proplist();
            case "FormatInfo" -> new FormatInfo(random.nextInt(256), proplist());
            case "BufferAttr" ->
                new BufferAttr(
                        random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt(), random.nextInt());
            case "SampleSpec" ->
                new SampleSpec(pick(List.of(SampleFormat.values())), random.nextInt(1, 33), random.nextInt(1, 384_001));
            case "ChannelMap" -> new ChannelMap(some(random.nextInt(1, 33), () -> random.nextInt(51)));
            case "ChannelVolumes" ->
                new ChannelVolumes(some(random.nextInt(1, 33), () -> random.nextInt() & Integer.MAX_VALUE));
            default -> build(raw);
        };
    }

    private Cookie cookie() {
        byte[] bytes = new byte[Cookie.BYTES];
        random.nextBytes(bytes);
        return Cookie.of(bytes);
    }

    private Proplist proplist() {
        Proplist list = Proplist.EMPTY;
        for (int i = random.nextInt(4); i > 0; i--) {
            byte[] value = new byte[random.nextInt(40)];
            random.nextBytes(value);
            String key = "key." + random.nextInt(100);
            list = random.nextBoolean() ? list.with(key, value) : list.with(key, string());
        }
        return list;
    }

    private String string() {
        return random.ints(random.nextInt(12), 1, 0x3000)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private <T> T pick(List<T> from) {
        return from.get(random.nextInt(from.size()));
    }

    private static <T> List<T> some(int count, Supplier<T> each) {
        return Stream.generate(each).limit(count).toList();
    }
}
