package io.modelgate.fallback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.Fallback.Rescue;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The rung that remembers. */
class LastGoodTest {

    private static final Caller CALLER = Caller.of("user-1");

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);

    @Test
    void theLastGoodAnswerOfTheKeyIsServedWithTheVersionThatGaveIt() {
        Ladder<String, String> ladder = Ladder.of(l -> l.lastGood((input, caller) -> input));
        ladder.remember("a", CALLER, "v1", "old");
        ladder.remember("a", CALLER, "v2", "new");
        ladder.remember("b", CALLER, "v3", "other");

        assertThat(ladder.answer(FallenCall.of("a"))).contains(new Rescue<>("lastGood", "new", "v2"));
        assertThat(ladder.answer(FallenCall.of("c"))).isEmpty();
        assertThat(ladder.stats()).containsExactly(new RungStats("lastGood", 1, 1, 0, 0, 0));
    }

    @Test
    void theKeyIsMadeOfInputAndCaller() {
        Ladder<String, String> ladder = Ladder.of(
                l -> l.lastGood((input, caller) -> input + caller.key().orElse("")));
        ladder.remember("a", Caller.of("user-2"), "v1", "for user-2");

        assertThat(ladder.answer(FallenCall.of("a"))).as("asked by user-1").isEmpty();
        ladder.remember("a", Caller.of("user-1"), "v1", "for user-1");
        assertThat(ladder.answer(FallenCall.of("a"))).map(Rescue::answer).contains("for user-1");
    }

    @Test
    void anAnswerOfAVersionThatMayNotServeIsNotServed() {
        Ladder<String, String> ladder =
                Ladder.of(l -> l.lastGood((input, caller) -> input).degrade("constant"));
        ladder.remember("a", CALLER, "v3", "wrong");

        assertThat(ladder.answer(FallenCall.of("a").mayNotServe("v3")))
                .contains(new Rescue<>("degrade", "constant", null));
        assertThat(ladder.answer(FallenCall.of("a"))).as("revived").contains(new Rescue<>("lastGood", "wrong", "v3"));
    }

    @Test
    void aNullKeyIsNeitherRememberedNorAnswered() {
        Ladder<String, String> ladder =
                Ladder.of(l -> l.lastGood((input, caller) -> caller.key().orElse(null)));
        ladder.remember("a", Caller.anonymous(), "v1", "good");
        FallenCall call = FallenCall.of("a");
        call.caller = Caller.anonymous();

        assertThat(ladder.answer(call)).isEmpty();
        assertThat(ladder.stats()).containsExactly(new RungStats("lastGood", 0, 1, 0, 0, 0));
    }

    @Test
    void aKeyFunctionThatThrowsIsCountedAndNeverReachesTheCaller() {
        Ladder<String, String> ladder = Ladder.of(l -> l.lastGood((input, caller) -> {
                    if (input.equals("bad")) {
                        throw new IllegalStateException("hostile");
                    }
                    return input;
                })
                .degrade("constant"));

        ladder.remember("bad", CALLER, "v1", "good");
        ladder.remember("a", CALLER, "v1", "good");

        assertThat(ladder.answer(FallenCall.of("bad"))).contains(new Rescue<>("degrade", "constant", null));
        assertThat(ladder.answer(FallenCall.of("a"))).contains(new Rescue<>("lastGood", "good", "v1"));
        assertThat(ladder.stats().get(0)).isEqualTo(new RungStats("lastGood", 1, 0, 0, 0, 2));
    }

    @Test
    void aKeyThatCannotBeHashedIsCountedAndNeverReachesTheCaller() {
        Object hostile = new Object() {
            @Override
            public int hashCode() {
                throw new IllegalStateException("hostile");
            }

            @Override
            public boolean equals(Object other) {
                throw new IllegalStateException("hostile");
            }
        };
        Ladder<String, String> ladder = Ladder.of(l -> l.lastGood((input, caller) -> hostile));

        ladder.remember("a", CALLER, "v1", "good");

        assertThat(ladder.answer(FallenCall.of("a"))).isEmpty();
        assertThat(ladder.stats()).containsExactly(new RungStats("lastGood", 0, 0, 0, 0, 2));
    }

    @Test
    void anErrorInTheKeyFunctionPropagates() {
        Ladder<String, String> ladder = Ladder.of(l -> l.lastGood(
                (input, caller) -> {
                    throw new StackOverflowError();
                },
                o -> o.maxConcurrent(1)));

        for (int i = 1; i <= 3; i++) {
            assertThatThrownBy(() -> ladder.answer(new FallenCall())).isInstanceOf(StackOverflowError.class);
            assertThatThrownBy(() -> ladder.remember("a", CALLER, "v1", "good")).isInstanceOf(StackOverflowError.class);
        }
    }

    @Test
    void answersExpireByTheLaddersTickerHoweverOftenTheyWereServed() {
        Ladder<String, String> ladder = Ladder.of(
                nanos::get, l -> l.lastGood((input, caller) -> input, o -> o.expireAfter(Duration.ofSeconds(10))));
        ladder.remember("a", CALLER, "v1", "good");

        nanos.addAndGet(TimeUnit.SECONDS.toNanos(6));
        assertThat(ladder.answer(FallenCall.of("a"))).isPresent();
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(6));
        assertThat(ladder.answer(FallenCall.of("a"))).isEmpty();
    }

    @Test
    void withoutAnAgeAnswersStay() {
        Ladder<String, String> ladder = Ladder.of(nanos::get, l -> l.lastGood((input, caller) -> input));
        ladder.remember("a", CALLER, "v1", "good");

        nanos.addAndGet(TimeUnit.DAYS.toNanos(365));
        assertThat(ladder.answer(FallenCall.of("a"))).isPresent();
    }

    @Test
    void theCacheIsBounded() {
        Ladder<String, String> small = Ladder.of(l -> l.lastGood((input, caller) -> input, o -> o.maximumSize(10)));
        Ladder<String, String> standard = Ladder.of(l -> l.lastGood((input, caller) -> input));

        assertThat(rememberedOf(20_000, small)).isLessThanOrEqualTo(10);
        assertThat(rememberedOf(20_000, standard)).isBetween(1_000L, 10_000L);
    }

    /** Offers this many keys and says how many of them the ladder still answers once the cache has settled. */
    private static long rememberedOf(int keys, Ladder<String, String> ladder) {
        for (int i = 0; i < keys; i++) {
            ladder.remember("k" + i, CALLER, "v1", "good");
        }
        assertThat(ForkJoinPool.commonPool().awaitQuiescence(30, TimeUnit.SECONDS))
                .as("the cache evicts on the common pool")
                .isTrue();
        return IntStream.range(0, keys)
                .filter(i -> ladder.answer(FallenCall.of("k" + i)).isPresent())
                .count();
    }

    @Test
    void twoRungsOfTheKindRememberEachByItsOwnKey() {
        Ladder<String, String> ladder = Ladder.of(l -> l.lastGood((input, caller) -> input)
                .lastGood((input, caller) -> input.length(), o -> o.name("lastGood-of-length")));
        ladder.remember("a", CALLER, "v1", "good");

        assertThat(ladder.answer(FallenCall.of("b"))).contains(new Rescue<>("lastGood-of-length", "good", "v1"));
    }

    @Test
    void onlyALadderWithTheRungWantsToHearOfAnswers() {
        Ladder<String, String> with = Ladder.of(l -> l.rule("x", i -> i).lastGood((i, c) -> i, o -> o.on(Cause.ERROR)));
        Ladder<String, String> without =
                Ladder.of(l -> l.previousVersion().rule("x", i -> i).degrade("x"));

        assertThat(with.remembers()).isTrue();
        assertThat(without.remembers()).isFalse();
        without.remember("a", CALLER, "v1", "good");
    }
}
