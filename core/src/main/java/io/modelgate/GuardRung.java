package io.modelgate;

import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** The method that {@link Gated#fallback()} names, as the only rung of its gate. Thread-safe. */
final class GuardRung implements Fallback<Invocation, Object> {

    /** As many as a rung of a ladder lets in by default: callers of a failing model come all at once, and the method may hang. */
    static final int MAX_CONCURRENT = 64;

    private final String name;
    private final MethodHandle method;
    private final boolean wantsCause;
    private final GuardAnswers answers;
    private final Semaphore room = new Semaphore(MAX_CONCURRENT);

    GuardRung(String name, MethodHandle method, boolean wantsCause, GuardAnswers answers) {
        this.name = name;
        this.method = method;
        this.wantsCause = wantsCause;
        this.answers = answers;
    }

    @Override
    public List<String> rungs() {
        return List.of(name);
    }

    @Override
    public Optional<Rescue<Object>> answer(Fallen<Invocation, Object> call) {
        if (Thread.currentThread().isInterrupted() || call.timeLeft().isZero() || !room.tryAcquire()) {
            return Optional.empty();
        }
        try {
            return ask(call);
        } finally {
            room.release();
        }
    }

    private Optional<Rescue<Object>> ask(Fallen<Invocation, Object> call) {
        @Nullable Object[] arguments = call.input().array();
        if (wantsCause) {
            arguments = Arrays.copyOf(arguments, arguments.length + 1);
            arguments[arguments.length - 1] = call.cause();
        }
        Object answer;
        try {
            Object returned = (Object) method.invokeExact(arguments);
            answer = returned != null && answers.comesLater(returned)
                    ? await(answers.begin(returned), call)
                    : answers.unwrap(returned);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (Throwable thrown) {
            throw GuardVersion.<RuntimeException>asItIs(thrown);
        }
        return answer == null ? Optional.empty() : Optional.of(new Rescue<>(name, answer, null));
    }

    /**
     * Waits for a stage: the ladder of an asynchronous call has a thread of its own. Nobody takes the answer once the caller gave
     * the call up, so the wait ends with it, and the stage with the wait.
     */
    private static @Nullable Object await(@Nullable CompletionStage<?> begun, Fallen<Invocation, Object> call)
            throws Throwable {
        if (begun == null) {
            return null;
        }
        CompletableFuture<?> stage = begun.toCompletableFuture();
        AsyncCall<?, ?, ?> owner = call instanceof Descent<?, ?> descent ? descent.owner() : null;
        CompletableFuture<?> first = owner == null ? stage : CompletableFuture.anyOf(stage, owner);
        try {
            Object answer = first.get(call.timeLeft().toNanos(), TimeUnit.NANOSECONDS);
            return givenUp(owner) ? null : answer;
        } catch (TimeoutException late) {
            return null;
        } catch (ExecutionException failed) {
            if (givenUp(owner)) { // the failure is the cancellation of the call, not the fallback's
                return null;
            }
            throw failed.getCause() == null ? failed : failed.getCause();
        } finally {
            if (!stage.isDone()) {
                stage.cancel(true);
            }
        }
    }

    private static boolean givenUp(@Nullable AsyncCall<?, ?, ?> owner) {
        return owner != null && owner.isDone();
    }
}
