package io.modelgate.budget;

/** An account of a period of the calendar, or one that the durable ledger has a mark of. */
final class MarkedAccount extends WordAccount {

    private final Period period;

    /** What the durable ledger says was not exceeded; raised before anything above it is held. Never falls. */
    private volatile long mark;

    MarkedAccount(Book book, String key, Period period, long mark) {
        super(book, key, mark);
        this.period = period;
        this.mark = mark;
    }

    @Override
    void cover(long held) {
        if (held > mark) {
            raise(held);
        }
    }

    private void raise(long held) {
        book.lock.lock();
        try {
            if (held > mark) {
                long raised = Math.max(held, Math.min(book.ceiling, held + book.lease));
                book.raise(this, raised);
                mark = raised;
            }
        } finally {
            book.lock.unlock();
        }
    }

    @Override
    Period period() {
        return period;
    }

    @Override
    boolean marked() {
        return mark > 0;
    }
}
