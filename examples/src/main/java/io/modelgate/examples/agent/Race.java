package io.modelgate.examples.agent;

import io.modelgate.Caller;
import io.modelgate.ModelGate;
import io.modelgate.budget.Balance;
import io.modelgate.budget.Budgets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.Supplier;

/** Many threads of one session that spend what is left of its budget. For use by one thread. */
final class Race {

    static final int THREADS = 8;

    /** The tokens of each question. */
    static final long QUESTION = 60;

    private static final int MOST = 1_000;

    private final ModelGate<Prompt, Answer> chat;
    private final Supplier<Caller> caller;
    private final String session;
    private final Tally tally;
    private final LongAccumulator highest = new LongAccumulator(Math::max, 0);

    Race(ModelGate<Prompt, Answer> chat, Supplier<Caller> caller, String session, Tally tally) {
        this.chat = chat;
        this.caller = caller;
        this.session = session;
        this.tally = tally;
    }

    /** Runs until each thread was refused; returns how many calls were answered. */
    long run() {
        CountDownLatch ready = new CountDownLatch(THREADS);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        try {
            List<CompletableFuture<Long>> runs = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int thread = i;
                runs.add(CompletableFuture.supplyAsync(() -> spend(thread, ready), threads));
            }
            return runs.stream().mapToLong(CompletableFuture::join).sum();
        } finally {
            threads.shutdown();
        }
    }

    private long spend(int thread, CountDownLatch ready) {
        ready.countDown();
        try {
            ready.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 0;
        }
        Budgets budgets = chat.gates().budgets();
        for (int i = 0; i < MOST; i++) {
            String text = "thread" + thread + " question" + i + " " + Prompt.words("what", QUESTION - 2);
            if (tally.count(chat.decide(new Prompt(Step.BATCH, text), caller.get()))
                    .answeredBy()
                    .isEmpty()) {
                return i;
            }
            if (budgets.names().contains(AgentGate.SESSION.name())) {
                budgets.balance(AgentGate.SESSION.name(), session).ifPresent(this::seen);
            }
        }
        return MOST;
    }

    private void seen(Balance balance) {
        highest.accumulate(balance.spent() + balance.reserved());
    }

    /** The most that was spent and reserved at once, as any thread saw it. */
    long highest() {
        return highest.get();
    }
}
