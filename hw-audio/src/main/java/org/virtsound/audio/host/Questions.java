package org.virtsound.audio.host;

import java.util.Arrays;

/**
 * The timing questions of one stream that the host has not answered yet, so that somebody else can answer them where the host is
 * gone. Allocates nothing once it is as large as the most that was ever outstanding.
 */
final class Questions {
    private static final int FIRST_SIZE = 4;

    private boolean[] taken = new boolean[FIRST_SIZE];
    private int[] tags = new int[FIRST_SIZE];
    private int[] seconds = new int[FIRST_SIZE];
    private int[] micros = new int[FIRST_SIZE];
    private long[] writeIndices = new long[FIRST_SIZE];
    private int[] turns = new int[FIRST_SIZE];

    /** Answers a question. */
    interface Answerer {
        void answer(int tag, int localS, int localUs);
    }

    /**
     * @param writeIndex where the stream was written to when it was asked
     * @param turn of the {@link HostPosition} then
     * @return the question's number, to ask the host with
     */
    int add(int tag, int localS, int localUs, long writeIndex, int turn) {
        int slot = 0;
        while (slot < taken.length && taken[slot]) {
            slot++;
        }
        if (slot == taken.length) {
            grow();
        }
        taken[slot] = true;
        tags[slot] = tag;
        seconds[slot] = localS;
        micros[slot] = localUs;
        writeIndices[slot] = writeIndex;
        turns[slot] = turn;
        return slot;
    }

    /** @return false where there is no such question (any more) */
    boolean remove(int number) {
        boolean known = number >= 0 && number < taken.length && taken[number];
        if (known) {
            taken[number] = false;
        }
        return known;
    }

    int tag(int number) {
        return tags[number];
    }

    long writeIndex(int number) {
        return writeIndices[number];
    }

    int turn(int number) {
        return turns[number];
    }

    void answerAll(Answerer answerer) {
        for (int slot = 0; slot < taken.length; slot++) {
            if (taken[slot]) {
                taken[slot] = false;
                answerer.answer(tags[slot], seconds[slot], micros[slot]);
            }
        }
    }

    private void grow() {
        int size = taken.length * 2;
        taken = Arrays.copyOf(taken, size);
        tags = Arrays.copyOf(tags, size);
        seconds = Arrays.copyOf(seconds, size);
        micros = Arrays.copyOf(micros, size);
        writeIndices = Arrays.copyOf(writeIndices, size);
        turns = Arrays.copyOf(turns, size);
    }
}
