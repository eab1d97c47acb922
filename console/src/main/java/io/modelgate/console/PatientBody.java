package io.modelgate.console;

import io.modelgate.Ticker;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an answer, given up once nothing comes for a while or all of it takes too long: a connection whose other end is gone may look
 * open for hours. Read by one thread.
 */
final class PatientBody extends FilterInputStream {

    private final Ticker ticker = Ticker.system();
    private final Duration silence;
    private final Duration whole;
    private final long began = ticker.read();
    private final ScheduledFuture<?> watch;

    private volatile boolean reading;
    private volatile long readingSince;
    private volatile boolean silent;
    private volatile boolean late;

    /**
     * Watches a body.
     *
     * @param silence how long nothing may come
     * @param whole how long it may take altogether
     */
    PatientBody(InputStream body, Duration silence, Duration whole, ScheduledExecutorService watchers) {
        super(body);
        this.silence = silence;
        this.whole = whole;
        long period = Math.max(10, silence.toMillis() / 10);
        watch = watchers.scheduleWithFixedDelay(this::look, period, period, TimeUnit.MILLISECONDS);
    }

    private void look() {
        long now = ticker.read();
        silent = reading && now - readingSince > silence.toNanos();
        late = whole.compareTo(Duration.ofNanos(now - began)) < 0;
        if (silent || late) {
            watch.cancel(false);
            try {
                in.close(); // which wakes the reader
            } catch (IOException e) {
                // The reader hears why.
            }
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int from, int length) throws IOException {
        readingSince = ticker.read();
        reading = true;
        int read;
        try {
            read = in.read(bytes, from, length);
        } catch (IOException e) {
            requireInTime(e);
            throw e;
        } finally {
            reading = false;
        }
        requireInTime(null);
        return read;
    }

    private void requireInTime(@Nullable IOException cause) throws IOException {
        if (silent) {
            throw new IOException("nothing came for " + seconds(silence), cause);
        }
        if (late) {
            throw new IOException("it was not whole within " + seconds(whole), cause);
        }
    }

    private static String seconds(Duration time) {
        return time.toMillis() / 1_000.0 + " s";
    }

    @Override
    public void close() throws IOException {
        watch.cancel(false);
        super.close();
    }
}
