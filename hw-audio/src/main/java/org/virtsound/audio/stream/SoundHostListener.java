package org.virtsound.audio.stream;

/** What becomes of one guest's place at the host, on the audio loop. Streams go on meanwhile, on silence. */
public interface SoundHostListener {
    /** @param reason for people */
    void lost(String reason);

    void back();
}
