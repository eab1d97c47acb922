package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who looks never takes all threads from whoever has to kill. */
@Timeout(60)
class PlacesTest {

    @Test
    void oneTooManyIsToldToComeBackAndAPlaceThatIsLeftIsFree() throws Exception {
        Places places = new Places(3, "looks");
        CountDownLatch busy = new CountDownLatch(3);
        CountDownLatch done = new CountDownLatch(1);
        Route look = Route.get(
                "/api/v1/slow",
                request -> places.answer(request, each -> {
                    busy.countDown();
                    try {
                        done.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    return Reply.text(200, "looked");
                }));
        try (Gates gates = Gates.open(g -> {});
                ServerRig rig = new ServerRig(gates, c -> {}, look)) {
            List<CompletableFuture<Integer>> answers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                answers.add(CompletableFuture.supplyAsync(() -> status(rig), task -> new Thread(task).start()));
            }
            busy.await();
            assertThat(status(rig)).isEqualTo(429);

            done.countDown();
            for (CompletableFuture<Integer> answer : answers) {
                assertThat(answer.get()).isEqualTo(200);
            }
            assertThat(status(rig)).isEqualTo(200);
        }
    }

    private static int status(ServerRig rig) {
        try {
            return rig.get("/api/v1/slow", Role.VIEWER).orElseThrow().status();
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }
}
