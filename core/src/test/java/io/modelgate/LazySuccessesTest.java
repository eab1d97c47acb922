package io.modelgate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Test;

class LazySuccessesTest {

    private final AtomicLongArray counted = new AtomicLongArray(LazySuccesses.SLOTS);

    @Test
    void eachSuccessIsTakenOnce() {
        LazySuccesses lazy = new LazySuccesses(counted::get, 0);
        counted.addAndGet(lazy.slot(), 3);

        assertThat(lazy.take()).isEqualTo(3);
        assertThat(lazy.take()).isZero();
        assertThat(lazy.turn()).isZero();
    }

    @Test
    void whatWasCountedBeforeTheBreakerIsNotItsOwn() {
        counted.set(0, 5);
        counted.set(1, 7);
        LazySuccesses lazy = new LazySuccesses(counted::get, 5);

        assertThat(lazy.take()).isZero();
        lazy.turn();
        assertThat(lazy.take()).isZero();
    }

    @Test
    void aCountThatComesLateWithinItsGenerationIsTakenAtTheNextTurn() {
        LazySuccesses lazy = new LazySuccesses(counted::get, 0);
        int slot = lazy.slot();
        for (int turn = 1; turn < LazySuccesses.SLOTS; turn++) {
            lazy.turn();
        }
        counted.addAndGet(slot, 2);

        assertThat(lazy.take()).isZero();
        assertThat(lazy.turn()).isEqualTo(2);
        assertThat(lazy.slot()).isEqualTo(slot);
        assertThat(lazy.take()).isZero();
    }

    @Test
    void aCountOfAnEarlierGenerationIsNeverTaken() {
        LazySuccesses lazy = new LazySuccesses(counted::get, 0);
        lazy.turn();
        lazy.turn();
        int slot = lazy.slot();
        counted.incrementAndGet(slot);
        lazy.restart();
        counted.incrementAndGet(slot);

        for (int turn = 0; turn < 2 * LazySuccesses.SLOTS; turn++) {
            assertThat(lazy.take()).isZero();
            assertThat(lazy.turn()).isZero();
        }
    }
}
