package org.virtsound.audio.host;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.virtsound.audio.pulse.TagReader;
import org.virtsound.audio.stream.ErrorCode;

/**
 * Who waits for the answer to which tag, on one connection. Asking and answering allocate nothing once the table is as large as
 * the most that was ever outstanding. Owned by the audio loop.
 */
final class PulseTags {
    private static final int FIRST_SIZE = 16;

    /** Somebody who asked. */
    interface Waiter {
        /**
         * @param mark what was handed over with the question
         * @param in behind command and tag
         */
        void answered(int mark, TagReader in, int version);

        void failed(int mark, ErrorCode error);
    }

    private @Nullable Waiter[] waiters = new Waiter[FIRST_SIZE];
    private int[] tags = new int[FIRST_SIZE];
    private int[] marks = new int[FIRST_SIZE];
    private int waiting;
    private int next;

    /** @return the tag to ask with */
    int add(Waiter waiter, int mark) {
        if (waiting * 2 >= waiters.length) {
            grow();
        }
        // A drain may be outstanding for long: its slot is passed over.
        while (waiters[slot(next)] != null || next < 0) {
            next = next < 0 ? 0 : next + 1;
        }
        int tag = next++;
        put(tag, waiter, mark);
        waiting++;
        return tag;
    }

    boolean answered(int tag, TagReader in, int version) {
        Waiter waiter = take(tag);
        if (waiter != null) {
            waiter.answered(marks[slot(tag)], in, version);
        }
        return waiter != null;
    }

    boolean failed(int tag, ErrorCode error) {
        Waiter waiter = take(tag);
        if (waiter != null) {
            waiter.failed(marks[slot(tag)], error);
        }
        return waiter != null;
    }

    /** It will not be answered. */
    void forget(Waiter waiter) {
        for (int i = 0; i < waiters.length; i++) {
            if (waiters[i] == waiter) {
                waiters[i] = null;
                waiting--;
            }
        }
    }

    int waiting() {
        return waiting;
    }

    /** Nobody will be answered any more. */
    void failAll(ErrorCode error) {
        for (int i = 0; i < waiters.length; i++) {
            Waiter waiter = waiters[i];
            if (waiter != null) {
                waiters[i] = null;
                waiting--;
                waiter.failed(marks[i], error);
            }
        }
    }

    private @Nullable Waiter take(int tag) {
        int slot = slot(tag);
        Waiter waiter = waiters[slot];
        if (waiter == null || tags[slot] != tag) {
            return null;
        }
        waiters[slot] = null;
        waiting--;
        return waiter;
    }

    private int slot(int tag) {
        return tag & (waiters.length - 1);
    }

    private void put(int tag, Waiter waiter, int mark) {
        int slot = slot(tag);
        waiters[slot] = waiter;
        tags[slot] = tag;
        marks[slot] = mark;
    }

    private void grow() {
        @Nullable Waiter[] old = waiters;
        int[] oldTags = tags;
        int[] oldMarks = marks;
        // Tags that differ in the lower bits go on doing so.
        waiters = new Waiter[old.length * 2];
        tags = Arrays.copyOf(tags, old.length * 2);
        marks = Arrays.copyOf(marks, old.length * 2);
        for (int i = 0; i < old.length; i++) {
            Waiter waiter = old[i];
            if (waiter != null) {
                put(oldTags[i], waiter, oldMarks[i]);
            }
        }
    }
}
