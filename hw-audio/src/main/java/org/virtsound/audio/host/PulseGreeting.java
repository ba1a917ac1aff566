package org.virtsound.audio.host;

import org.virtsound.audio.pulse.Answer;
import org.virtsound.audio.pulse.Cookie;
import org.virtsound.audio.pulse.Opcode;
import org.virtsound.audio.pulse.ProtocolException;
import org.virtsound.audio.pulse.Query;
import org.virtsound.audio.pulse.SessionRequest;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.ErrorCode;

/**
 * The first words on a connection to a sound server: the version to speak, who we are, and which server it is. Owned by the audio
 * loop.
 *
 * <p>Source: native-protocol.md, 5.
 */
final class PulseGreeting {
    /** The latest that we speak. */
    static final int VERSION = 35;

    private static final int VERSION_MIN = 13;

    private final PulseClient client;
    private final Cookie cookie;
    private final HostIdentity identity;

    PulseGreeting(PulseClient client, Cookie cookie, HostIdentity identity) {
        this.client = client;
        this.cookie = cookie;
        this.identity = identity;
    }

    /** The connection stands. */
    void begin() {
        client.ask(new SessionRequest.Auth(VERSION, 0, cookie), new Step() {
            @Override
            void done(TagReader in) {
                int version =
                        Math.min(VERSION, Answer.Authorized.decode(in, VERSION).version());
                if (version < VERSION_MIN) {
                    throw new ProtocolException("version: " + version + " (expected: >= " + VERSION_MIN + ")");
                }
                client.speaks(version);
                introduce();
            }
        });
    }

    private void introduce() {
        client.ask(new SessionRequest.SetClientName(identity.client()), new Step() {
            @Override
            void done(TagReader in) {
                // pipewire-pulse knows no device before this answer.
                askWhoItIs();
            }
        });
    }

    private void askWhoItIs() {
        client.ask(new Query.Plain(Opcode.GET_SERVER_INFO), new Step() {
            @Override
            void done(TagReader in) {
                Answer.ServerInfo told = Answer.ServerInfo.decode(in, client.version());
                client.greeted(told.name() + " " + told.version());
            }
        });
    }

    private abstract class Step implements PulseTags.Waiter {
        abstract void done(TagReader in);

        @Override
        public void answered(int mark, TagReader in, int version) {
            done(in);
        }

        @Override
        public void failed(int mark, ErrorCode refusal) {
            client.refused(
                    refusal,
                    refusal == ErrorCode.ACCESS
                            ? "access denied: it takes clients of its own user, or with that user's cookie"
                            : "refused: " + refusal);
        }
    }
}
