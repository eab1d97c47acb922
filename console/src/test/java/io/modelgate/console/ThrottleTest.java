package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.testkit.ManualTime;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** How often something may happen. */
class ThrottleTest {

    private final ManualTime time = new ManualTime();

    @Test
    void soManyTimesAtOnceAndThenAsEachGrowsOld() {
        Throttle throttle = new Throttle(time, 10, Duration.ofMinutes(1));

        assertThat(taken(throttle, 100)).isEqualTo(10);
        assertThat(Duration.ofNanos(throttle.take())).isEqualTo(Duration.ofSeconds(6));

        time.advance(Duration.ofSeconds(6));
        assertThat(taken(throttle, 100)).isEqualTo(1);

        time.advance(Duration.ofHours(1));
        assertThat(throttle.idle()).isTrue();
        assertThat(taken(throttle, 100)).isEqualTo(10);
        assertThat(throttle.idle()).isFalse();
    }

    @Test
    void neverMoreThanThatManyWhateverTheThreads() throws Exception {
        Throttle throttle = new Throttle(time, 1_000, Duration.ofSeconds(1));
        AtomicInteger taken = new AtomicInteger();
        CountDownLatch go = new CountDownLatch(1);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        for (int i = 0; i < 4; i++) {
            threads.execute(() -> {
                awaitQuietly(go);
                taken.addAndGet(taken(throttle, 2_000));
            });
        }
        go.countDown();
        threads.shutdown();

        assertThat(threads.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(taken.get()).isEqualTo(1_000);
    }

    @Test
    void anAddressThatFailsOftenWaitsAndOthersDoNot() throws Exception {
        Strangers strangers = new Strangers(time);
        InetAddress one = InetAddress.getByName("192.0.2.1");
        for (int i = 0; i < Strangers.FAILURES_A_MINUTE; i++) {
            assertThat(strangers.failed(one)).isZero();
        }

        assertThat(strangers.failed(one)).isPositive();
        assertThat(strangers.failed(InetAddress.getByName("192.0.2.2"))).isZero();
    }

    @Test
    void addressesOfOneNetworkOfIPv6CountAsOne() throws Exception {
        Strangers strangers = new Strangers(time);
        for (int i = 0; i < Strangers.FAILURES_A_MINUTE; i++) {
            assertThat(strangers.failed(InetAddress.getByName("2001:db8::" + i)))
                    .isZero();
        }

        assertThat(strangers.failed(InetAddress.getByName("2001:db8::ffff"))).isPositive();
        assertThat(strangers.failed(InetAddress.getByName("2001:db8:0:1::1"))).isZero();
    }

    @Test
    void noMoreAddressesAreKeptThanThereIsRoomFor() throws Exception {
        Strangers strangers = new Strangers(time);
        for (int i = 0; i < 3 * Strangers.MOST_ADDRESSES; i++) {
            strangers.failed(InetAddress.getByAddress(new byte[] {10, 0, (byte) (i >> 8), (byte) i}));
        }

        assertThat(strangers.addresses()).isEqualTo(Strangers.MOST_ADDRESSES);
    }

    private static int taken(Throttle throttle, int times) {
        int taken = 0;
        for (int i = 0; i < times; i++) {
            taken += throttle.take() == 0 ? 1 : 0;
        }
        return taken;
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
