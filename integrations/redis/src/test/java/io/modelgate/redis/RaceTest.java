package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.control.ControlLogException;
import io.modelgate.control.Instance;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Many at once, and what does not belong there. */
class RaceTest extends OnOneRedis {

    @Test
    void eightProcessesThatAppendAtOnceMakeOneChain() throws Exception {
        List<LogFleet.Member> members = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            members.add(fleet.join("p" + i));
        }
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (LogFleet.Member member : members) {
                tasks.add(() -> {
                    for (int i = 0; i < 50; i++) {
                        member.append(List.of(kill(member.directory.getFileName() + "-" + i)));
                    }
                    return 0;
                });
            }
            for (Future<Integer> done : threads.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            threads.shutdownNow();
        }
        fleet.agree();
        for (LogFleet.Member member : members) {
            assertThat(member.ids()).hasSize(400).doesNotHaveDuplicates();
            until(() -> {
                synchronized (member.seen) {
                    return member.seen.size() >= 400;
                }
            });
            assertThat(member.seen).isEqualTo(member.log.read(0, 400));
        }
    }

    @Test
    void eachSaysWhatItHasApplied() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(List.of(kill("k1")));
        fleet.agree();
        assertThat(a.log.instances()).isEmpty();
        b.log.applied(b.log.head());
        until(() -> a.log.instances().size() == 1 && a.log.instances().get(0).live());
        Instance instance = a.log.instances().get(0);
        assertThat(instance.name()).isEqualTo(b.log.instance());
        assertThat(instance.applied()).isEqualTo(a.log.head());
        assertThat(instance.live()).isTrue();
        b.log.close();
        assertThat(a.log.instances()).isEmpty();
    }

    @Test
    void aForeignEntryIsNamedWithTheFixAndAfterItEverythingGoesOn() throws Exception {
        LogFleet.Member a = fleet.join("a");
        LogFleet.Member b = fleet.join("b");
        a.append(List.of(kill("k1")));
        fleet.agree();
        Object id = fleet.redis.command("XADD", "modelgate:{modelgate}:log", "*", "foo", "bar");
        assertThatThrownBy(() -> a.log.append(List.of(kill("k2"))))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("XDEL modelgate:{modelgate}:log " + id);
        assertThat(b.ids()).containsExactly("k1");
        fleet.redis.command("XDEL", "modelgate:{modelgate}:log", String.valueOf(id));
        a.append(List.of(kill("k2")));
        fleet.agree();
        assertThat(b.ids()).containsExactly("k1", "k2");
    }

    @Test
    void aKeyOfAnotherTypeIsNamed() throws Exception {
        fleet.redis.command("SET", "modelgate:{modelgate}:ids", "mine");
        LogFleet.Member a = fleet.join("a");
        assertThatThrownBy(() -> a.log.append(List.of(kill("k1"))))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("the key modelgate:{modelgate}:ids holds a string where a hash belongs");
        fleet.redis.command("DEL", "modelgate:{modelgate}:ids");
        a.append(List.of(kill("k1")));
    }

    @Test
    void aFullRedisRefusesAndWhatItRefusedIsStoredLater() throws Exception {
        LogFleet.Member a = fleet.join("a");
        a.append(List.of(kill("k1")));
        fleet.redis.command("CONFIG", "SET", "maxmemory", "1");
        assertThatThrownBy(() -> a.log.append(List.of(kill("k2"))))
                .isInstanceOf(ControlLogException.class)
                .hasMessageContaining("OOM");
        fleet.redis.command("CONFIG", "SET", "maxmemory", "0");
        fleet.redis.command("SCRIPT", "FLUSH");
        a.append(List.of(kill("k2")));
        assertThat(a.ids()).containsExactly("k1", "k2");
    }
}
