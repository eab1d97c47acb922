package io.modelgate.redis;

import static io.modelgate.redis.LogFleet.kill;
import static io.modelgate.redis.LogFleet.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.control.Instance;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Processes stay on the list of those that confirm, though Redis loses it. */
class RosterTest extends OnOneRedis {

    private static final String INSTANCES = "modelgate:{modelgate}:instances";

    private static List<Instance> instances(LogFleet.Member of) {
        return of.log.instances();
    }

    @Test
    void oneThatIsCutOffWhenTheListIsLostIsSilentAndNotGone() throws Exception {
        LogFleet.Member cutOff = fleet.join("a");
        cutOff.append(List.of(kill("k1")));
        fleet.agree();
        cutOff.log.applied(cutOff.log.head());
        until(() -> instances(cutOff).size() == 1);
        Instance before = instances(cutOff).get(0);
        LogFleet.Member other = fleet.join("b");
        until(() -> other.log.head().equals(cutOff.log.head()));
        other.log.applied(other.log.head());
        until(() -> other.log.remembered() == 2);

        cutOff.proxy.cut();
        fleet.redis.command("DEL", INSTANCES);

        until(() -> instances(other).size() == 2);
        assertThat(instances(other)).anySatisfy(each -> {
            assertThat(each.name()).isEqualTo(cutOff.log.instance());
            assertThat(each.applied()).isEqualTo(before.applied());
        });
        assertThat(instances(other))
                .as("what is put back is as old as it was")
                .allSatisfy(each -> assertThat(each.live() || each.name().equals(cutOff.log.instance()))
                        .isTrue());
        cutOff.proxy.heal();
        until(() -> instances(other).stream().allMatch(Instance::live));
    }

    @Test
    void whatIsPutBackDoesNotTakeThePlaceOfWhatWasSaidSince() throws Exception {
        Object seconds = ((List<?>) fleet.redis.command("TIME")).get(0);
        String old = "1 hash " + seconds + "000";
        String said = "2 hash " + seconds + "999";
        fleet.redis.command("HSET", INSTANCES, "gone", old, "back", old);
        LogFleet.Member member = fleet.join("a");
        member.append(List.of(kill("k1")));
        member.log.applied(member.log.head());
        until(() -> member.log.remembered() == 3);

        fleet.redis.command(
                "EVAL",
                "redis.call('DEL', KEYS[1]) redis.call('HSET', KEYS[1], 'back', ARGV[1])",
                "1",
                INSTANCES,
                said);

        until(() -> old.equals(fleet.redis.command("HGET", INSTANCES, "gone")));
        assertThat(fleet.redis.command("HGET", INSTANCES, "back")).isEqualTo(said);
    }
}
