package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Decision;
import io.modelgate.testkit.RedisServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that takes nothing more loses no kill, and keeps none from the others. */
@Timeout(60)
class AppendsTest {

    private static final Duration LONGEST = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    private RedisServer redis;
    private RedisLink link;
    private Copy copy;
    private Owed owed;
    private Appends appends;

    @BeforeEach
    void start() throws Exception {
        RedisServer.assumeAvailable();
        redis = RedisServer.create().config("save \"\"").start();
        link = RedisLink.open(RedisAddress.parse(redis.uri()), LONGEST);
        assertThat(link.awaitConnected(LONGEST)).isTrue();
        copy = Copy.open(directory.resolve("modelgate.log"), entry -> {}, decision -> {});
        owed = Owed.open(directory.resolve("modelgate.owed"));
        LogStream stream = new LogStream(link, new LogKeys("modelgate"));
        appends = new Appends(new ReentrantLock(), stream, copy, owed, System::nanoTime, LONGEST, () -> {}, () -> {});
    }

    @AfterEach
    void end() throws Exception {
        if (redis != null) {
            link.close();
            redis.close();
        }
    }

    @Test
    void aKillReachesTheOthersThoughTheOutboxCannotBeWritten() throws Exception {
        owed.close();
        assertThat(appends.append(List.of(LogFleet.kill("k1")))).hasSize(1);
        assertThat(redis.command("XLEN", "modelgate:{modelgate}:log")).isEqualTo(1L);
        copy.close();
    }

    @Test
    void aKillIsOwedUntilTheCopyHasItOnTheDisk() throws Exception {
        copy.close();
        assertThatThrownBy(() -> appends.append(List.of(LogFleet.kill("k1")))).isInstanceOf(ControlLogException.class);
        assertThat(redis.command("XLEN", "modelgate:{modelgate}:log")).isEqualTo(1L);
        owed.close();
        try (Owed again = Owed.open(directory.resolve("modelgate.owed"))) {
            assertThat(again.all()).extracting(Decision::id).containsExactly("k1");
        }
    }
}
