package org.virtsound.net;

import java.util.List;
import java.util.Random;

/** A process that takes the network up, down and through changes of its ports until it is killed. */
final class RestlessNetwork {
    static final SoundNetwork NET = SoundNetwork.DEFAULT;

    private RestlessNetwork() {}

    static List<GuestPort> guests() {
        return List.of(guest(2), guest(3), guest(4));
    }

    private static GuestPort guest(int number) {
        return new GuestPort(
                "vnet" + number,
                new MacAddress("52:54:00:00:00:0" + number),
                Subnet.parseAddress("10.47.13." + number));
    }

    /** Arguments: the namespace and a seed. */
    public static void main(String[] arguments) {
        Commands commands =
                new LocalCommands(List.of("ip", "netns", "exec", arguments[0]), System.getenv("PATH"), 10_000);
        Random random = new Random(Long.parseLong(arguments[1]));
        System.out.println("ready");
        while (true) {
            NetworkState state = NetworkState.read(commands, NET);
            NetworkPlan plan = random.nextInt(3) == 0
                    ? NetworkPlan.down(NET, state, Maker.DAEMON)
                    : NetworkPlan.up(NET, guests().subList(0, random.nextInt(4)), state, Maker.DAEMON);
            plan.apply(commands);
        }
    }
}
