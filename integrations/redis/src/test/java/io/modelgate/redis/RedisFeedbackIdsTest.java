package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.testkit.RedisServer;
import io.modelgate.testkit.TcpProxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is special about Redis: it is elsewhere, and its answers may not come. */
@Timeout(60)
class RedisFeedbackIdsTest {

    private static final String ID = "abcdefghijklmnopqrstuv";
    private static final String SECRET = "no-one-may-see-this";
    private static final Instant NOW = Instant.parse("2031-06-01T12:00:00Z");

    private RedisServer redis;
    private TcpProxy proxy;
    private RedisFeedbackIds ids;
    private RedisFeedbackIds other;

    @BeforeEach
    void start() {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().password(SECRET).start();
        proxy = TcpProxy.to(redis.port());
        ids = open(proxy.port(), Duration.ofMillis(500));
        other = open(redis.port(), Duration.ofSeconds(10));
    }

    @AfterEach
    void stop() {
        if (redis != null) {
            ids.close();
            other.close();
            proxy.close();
            redis.close();
        }
    }

    /** One that is to give up does so soon; the others wait however busy the machine is. */
    private RedisFeedbackIds open(int port, Duration askTimeout) {
        return RedisFeedbackIds.open(r -> r.uri(redis.uri(port)).askTimeout(askTimeout));
    }

    private static boolean first(RedisFeedbackIds ids) {
        return ids.first(ID, NOW, NOW.plus(Duration.ofDays(90)));
    }

    /** Asks until there is an answer. */
    private static boolean atLast(RedisFeedbackIds ids) {
        return atLast(ids, ID);
    }

    private static boolean atLast(RedisFeedbackIds ids, String id) {
        while (true) {
            try {
                return ids.first(id, NOW, NOW.plus(Duration.ofDays(90)));
            } catch (ControlLogException e) {
                LockSupport.parkNanos(5_000_000);
            }
        }
    }

    private void connected() {
        assertThat(atLast(ids, "0".repeat(22))).isTrue();
    }

    @Test
    void whoeverCannotReachItIsToldAndAsksAgain() {
        connected();
        proxy.cut();
        assertThatThrownBy(() -> first(ids))
                .isInstanceOf(ControlLogException.class)
                .hasMessageNotContaining(SECRET);
        proxy.heal();
        assertThat(atLast(ids)).isTrue();
        assertThat(atLast(ids)).isFalse();
        assertThat(first(other)).isFalse();
    }

    @Test
    void anAnswerThatNeverCameIsFoundOutLater() {
        connected();
        proxy.swallowReplies();
        assertThatThrownBy(() -> first(ids)).isInstanceOf(ControlLogException.class);
        untilThere();
        proxy.heal();

        assertThat(atLast(ids)).isTrue();
        assertThat(atLast(ids)).isFalse();
        assertThat(first(other)).isFalse();
    }

    @Test
    void anAnswerThatNeverCameIsNobodysIfAnotherWasFirst() {
        connected();
        assertThat(first(other)).isTrue();
        proxy.swallowReplies();
        assertThatThrownBy(() -> first(ids)).isInstanceOf(ControlLogException.class);
        proxy.heal();
        assertThat(atLast(ids)).isFalse();
    }

    @Test
    void howeverOftenItIsTriedWhileRedisHangsItIsOneAttempt() {
        try (RedisFeedbackIds hasty =
                RedisFeedbackIds.open(r -> r.uri(redis.uri()).askTimeout(Duration.ofMillis(100)))) {
            assertThat(atLast(hasty, "1".repeat(22))).isTrue();
            redis.stop();
            for (int i = 0; i < 5; i++) {
                assertThatThrownBy(() -> first(hasty)).isInstanceOf(ControlLogException.class);
            }
            assertThat(hasty.unsure()).isEqualTo(1);
            for (int i = 0; i < 3; i++) {
                String neverSent = String.format("%022d", i);
                assertThatThrownBy(() -> hasty.first(neverSent, NOW, NOW.plusSeconds(60)))
                        .isInstanceOf(ControlLogException.class);
            }
            assertThat(hasty.unsure()).isEqualTo(1);
            redis.resume();

            assertThat(atLast(hasty)).isTrue();
            assertThat(hasty.unsure()).isZero();
            assertThat(atLast(hasty)).isFalse();
            assertThat(first(other)).isFalse();
        }
    }

    private static String key() {
        return "modelgate:{modelgate/" + ID + "}:feedback";
    }

    private Duration keptFor(Instant now, Instant expires) {
        assertThat(other.first(ID, now, expires)).isTrue();
        Duration left = Duration.ofMillis(Long.parseLong(String.valueOf(redis.command("PTTL", key()))));
        redis.command("DEL", key());
        return left;
    }

    /** As both clocks see it, or as the one that is not ahead. */
    @Test
    void aKeyExpiresWithItsOutcome() {
        Instant now = InstantSource.system().instant(); // as Redis has it
        Duration quarter = Duration.ofDays(90);
        Duration off = Duration.ofDays(60);
        Duration nearly = quarter.minusMinutes(1);
        assertThat(keptFor(now, now.plus(quarter))).isBetween(nearly, quarter);
        assertThat(keptFor(now.plus(off), now.plus(quarter)))
                .as("whoever asks is ahead")
                .isBetween(nearly, quarter);
        assertThat(keptFor(now.minus(off), now.minus(off).plus(quarter)))
                .as("Redis is ahead")
                .isBetween(nearly, quarter);
    }

    @Test
    void eachNameRemembersForItself() {
        assertThat(first(other)).isTrue();
        try (RedisFeedbackIds another =
                RedisFeedbackIds.open(r -> r.uri(redis.uri()).name("fraud").askTimeout(Duration.ofSeconds(10)))) {
            assertThat(first(another)).isTrue();
            assertThat(first(another)).isFalse();
        }
        assertThat(first(other)).isFalse();
    }

    @Test
    void anAttemptThatNeverArrivedIsMadeAgainAsTheSame() {
        connected();
        proxy.hang();
        assertThatThrownBy(() -> first(ids)).isInstanceOf(ControlLogException.class);
        proxy.cut(); // what hung is lost
        assertThat(ids.unsure()).isEqualTo(1);
        assertThat(redis.command("EXISTS", key())).hasToString("0");
        proxy.heal();
        assertThat(atLast(ids, "2".repeat(22))).isTrue();

        proxy.swallowReplies();
        assertThatThrownBy(() -> first(ids)).isInstanceOf(ControlLogException.class);
        untilThere();
        proxy.heal();
        assertThat(atLast(ids)).isTrue();
        assertThat(first(other)).isFalse();
    }

    /** On a busy machine Redis may take what was sent only after whoever sent it gave up. */
    private void untilThere() {
        while (!"1".equals(String.valueOf(redis.command("EXISTS", key())))) {
            LockSupport.parkNanos(5_000_000);
        }
    }

    @Test
    void itAsksWithALoginThatDoesNotStandInTheUri() {
        try (RedisFeedbackIds named = RedisFeedbackIds.open(r -> r.uri("redis://127.0.0.1:" + redis.port())
                .login("default", SECRET)
                .askTimeout(Duration.ofSeconds(10)))) {
            assertThat(first(named)).isTrue();
        }
    }

    @Test
    void onceItIsClosedItAnswersNobody() {
        connected();
        ids.close();
        assertThatThrownBy(() -> first(ids))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("closed");
        assertThat(first(other)).isTrue();
    }

    @Test
    void wrongSettingsAreRefused() {
        refused(r -> {}, "no URI");
        refused(r -> r.uri("http://" + SECRET + "@a"), "URI");
        refused(r -> r.uri(redis.uri()).name("a b"), "name is \"a b\"");
        refused(r -> r.uri(redis.uri()).askTimeout(Duration.ofMillis(9)), "askTimeout is PT0.009S");
        refused(r -> r.uri(redis.uri()).askTimeout(Duration.ofMillis(10_001)), "askTimeout is PT10.001S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> other.first("a", NOW, NOW.plusSeconds(1)))
                .withMessageContaining("22");
        assertThat(other).hasToString("feedback ids modelgate on " + "redis://127.0.0.1:" + redis.port());
    }

    private static void refused(Consumer<RedisFeedbackIdsBuilder> configure, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> RedisFeedbackIds.open(configure))
                .withMessageContaining(message)
                .withMessageNotContaining(SECRET);
    }
}
