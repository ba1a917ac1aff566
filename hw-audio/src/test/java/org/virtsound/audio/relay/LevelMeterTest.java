package org.virtsound.audio.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.virtsound.audio.stream.SampleFormat;

class LevelMeterTest {
    private static final double HALF_DBFS = -6.02;

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"ALAW", "ULAW"})
    void halfOfFullScaleIsMinusSixDecibelsInEachFormat(SampleFormat format) {
        LevelMeter meter = new LevelMeter(format);
        assertThat(meter.takeDbfs()).isNaN();
        ByteBuf block = block(format, 0.25, -0.5, 0);

        meter.passed(block);

        assertThat(block.readerIndex()).isZero();
        await().atMost(Duration.ofSeconds(1)).until(() -> !Double.isNaN(meter.takeDbfs()));
        assertThat(meter.takeDbfs()).isCloseTo(HALF_DBFS, within(0.05));
    }

    @Test
    void whatNobodyLooksAtIsNotMeasured() {
        LevelMeter meter = new LevelMeter(SampleFormat.S16LE);
        meter.passed(block(SampleFormat.S16LE, 1));
        assertThat(meter.takeDbfs()).isNaN();
        await().atMost(Duration.ofSeconds(1)).until(() -> !Double.isNaN(meter.takeDbfs()));
        assertThat(meter.takeDbfs()).isEqualTo(LevelMeter.FLOOR_DBFS);
    }

    @Test
    void floatsThatAreNoNumbersDoNotHarm() {
        LevelMeter meter = new LevelMeter(SampleFormat.FLOAT32LE);
        meter.takeDbfs();
        meter.passed(Unpooled.buffer().writeFloatLE(Float.NaN).writeFloatLE(Float.POSITIVE_INFINITY));
        await().atMost(Duration.ofSeconds(1)).until(() -> meter.takeDbfs() == 0);
    }

    private static ByteBuf block(SampleFormat format, double... samples) {
        ByteBuf block = Unpooled.buffer();
        for (double sample : samples) {
            switch (format) {
                case U8 -> block.writeByte((int) Math.round(sample * 128) + 0x80);
                case S16LE -> block.writeShortLE((int) (sample * 32_767));
                case S16BE -> block.writeShort((int) (sample * 32_767));
                case S24LE -> block.writeMediumLE((int) (sample * 8_388_607));
                case S24BE -> block.writeMedium((int) (sample * 8_388_607));
                case S24_32LE -> block.writeMediumLE((int) (sample * 8_388_607)).writeByte(0x55);
                case S24_32BE -> block.writeByte(0x55).writeMedium((int) (sample * 8_388_607));
                case S32LE -> block.writeIntLE((int) (sample * Integer.MAX_VALUE));
                case S32BE -> block.writeInt((int) (sample * Integer.MAX_VALUE));
                case FLOAT32LE -> block.writeFloatLE((float) sample);
                case FLOAT32BE -> block.writeFloat((float) sample);
                case ALAW, ULAW -> throw new IllegalArgumentException(format.name());
            }
        }
        return block;
    }
}
