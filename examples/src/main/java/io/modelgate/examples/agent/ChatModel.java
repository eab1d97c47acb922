package io.modelgate.examples.agent;

import io.modelgate.Call;
import io.modelgate.CallAwareModel;
import java.io.IOException;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A scripted chat model that keeps books of its own: it limits its answers to what its call may use, has what it read before in its
 * cache, and fails now and then. Thread-safe.
 */
final class ChatModel implements CallAwareModel<Prompt, Answer> {

    private static final long CHUNK = 20;
    private static final long STREAMED = 6 * CHUNK;

    private final String name;
    private final long failsEvery;
    private final Map<String, String> cache = new ConcurrentHashMap<>();
    private final Queue<Line> books;
    private final AtomicLong calls = new AtomicLong();
    private final CountDownLatch midStream = new CountDownLatch(1);

    /**
     * A model that goes by the name of its price.
     *
     * @param failsEvery fails every so many calls, and hangs when it streams; 0 for neither
     * @param books where it writes down what it did
     */
    ChatModel(String name, long failsEvery, Queue<Line> books) {
        this.name = name;
        this.books = books;
        this.failsEvery = failsEvery;
    }

    @Override
    public Answer answer(Prompt prompt, Call call) throws IOException, InterruptedException {
        String session = call.caller().session().orElse("");
        String before = cache.put(session, prompt.text());
        long cached = before != null && prompt.text().startsWith(before) ? Prompt.tokens(before) : 0;
        if (prompt.step() == Step.STREAM && failsEvery > 0) {
            stream(prompt, call);
        }
        long nth = failsEvery == 0 || prompt.step() == Step.BATCH ? 1 : calls.incrementAndGet();
        if (failsEvery > 0 && nth % (2 * failsEvery) == 0) {
            book(prompt, call, 0, call.maxOutputTokens(), 0, Line.End.LOST);
            throw new IOException("connection lost");
        }
        if (failsEvery > 0 && nth % failsEvery == 0) {
            call.used(book(prompt, call, cached, 0, 0, Line.End.OVERLOADED).usage());
            throw new IOException("overloaded");
        }
        long output = Math.min(prompt.step().output(), call.maxOutputTokens());
        long reasoning = Math.min(prompt.step().reasoning(), output);
        Line line = book(prompt, call, cached, output, reasoning, Line.End.ANSWERED);
        return new Answer(Prompt.words("so", output - reasoning), line.usage());
    }

    /** Tells how far it is, and hangs in the middle of its answer until it is cut. */
    private void stream(Prompt prompt, Call call) throws InterruptedException {
        try {
            for (long produced = CHUNK; produced <= STREAMED; produced += CHUNK) {
                call.produced(produced);
            }
            midStream.countDown();
            if (!new CountDownLatch(1).await(60, TimeUnit.SECONDS)) {
                throw new IllegalStateException("nobody cut the stream");
            }
        } catch (InterruptedException e) {
            book(prompt, call, 0, STREAMED, 0, Line.End.CUT);
            throw e;
        }
    }

    private Line book(Prompt prompt, Call call, long cached, long output, long reasoning, Line.End end) {
        Line line = new Line(
                call.caller().session().orElse(""),
                call.caller().attribute("tenant").orElse(""),
                name,
                prompt.step(),
                prompt.tokens(),
                cached,
                output,
                reasoning,
                prompt.step().most(),
                call.maxOutputTokens(),
                end);
        books.add(line);
        return line;
    }

    /** Waits until it is in the middle of an answer. */
    boolean streams() throws InterruptedException {
        return midStream.await(60, TimeUnit.SECONDS);
    }
}
