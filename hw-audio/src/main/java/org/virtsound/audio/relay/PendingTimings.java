package org.virtsound.audio.relay;

import java.util.Arrays;
import org.virtsound.audio.stream.Stream;

/** Timing questions that are not answered yet, to be asked again where a stream is replaced; allocates nothing once it has grown. */
final class PendingTimings {
    /** Nobody has so many under way who reads the answers. */
    private static final int MAX = 64;

    private static final int WORDS = 3;
    private int[] questions = new int[4 * WORDS];
    private int count;

    /** @return false where too many are under way */
    boolean asked(int tag, int localS, int localUs) {
        if (count == MAX) {
            return false;
        }
        if (questions.length == count * WORDS) {
            questions = Arrays.copyOf(questions, questions.length * 2);
        }
        int at = count++ * WORDS;
        questions[at] = tag;
        questions[at + 1] = localS;
        questions[at + 2] = localUs;
        return true;
    }

    /** @return whether it was asked; it no longer is */
    boolean answered(int tag) {
        for (int at = 0; at < count * WORDS; at += WORDS) {
            if (questions[at] == tag) {
                count--;
                System.arraycopy(questions, at + WORDS, questions, at, count * WORDS - at);
                return true;
            }
        }
        return false;
    }

    void askAgain(Stream stream) {
        // A copy: a stream on the clock answers at once.
        int[] open = Arrays.copyOf(questions, count * WORDS);
        for (int at = 0; at < open.length; at += WORDS) {
            stream.timing(open[at], open[at + 1], open[at + 2]);
        }
    }
}
