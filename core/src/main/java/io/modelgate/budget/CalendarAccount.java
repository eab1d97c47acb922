package io.modelgate.budget;

/**
 * An account whose window is the day or the month of the clock: it holds the account of the current period.
 *
 * <p>A period follows from the clock whenever a reservation is made, so there is no reset to be missed. A reservation stays with
 * the period it was made in. A clock that is set back changes nothing until it has caught up.
 */
final class CalendarAccount extends Account {

    private volatile WordAccount current;

    CalendarAccount(Book book, String key) {
        super(book, key);
        current = book.word(key, Period.at(book.budget.window(), book.instants.instant()));
    }

    @Override
    Account current() {
        WordAccount account = current;
        return over(account) ? next() : account;
    }

    private boolean over(WordAccount account) {
        return book.instants.millis() >= account.period().end().toEpochMilli();
    }

    private WordAccount next() {
        book.lock.lock();
        try {
            WordAccount account = current;
            // A forgotten account begins no period: whoever holds it looks it up again.
            if (account.retired() || !over(account)) {
                return account;
            }
            Period next = account.period().next(book.budget.window(), book.instants.instant());
            if (next.id() > account.period().id()) {
                account = book.word(key, next);
                current = account;
            }
            return account;
        } finally {
            book.lock.unlock();
        }
    }

    @Override
    long reserve(long amount, long now) {
        return current().reserve(amount, now);
    }

    @Override
    void settle(long reserved, long used, long madeAt, long now) {
        throw new IllegalStateException("a reservation is settled in the period it was made in");
    }

    @Override
    boolean charge(long used, long madeAt, long now) {
        throw new IllegalStateException("a reservation is charged in the period it was made in");
    }

    @Override
    long held(long now) {
        return current().held(now);
    }

    @Override
    int open() {
        return current.open();
    }

    @Override
    boolean retire(boolean evenIfHeld) {
        book.lock.lock();
        try {
            return current.retire(evenIfHeld || over(current));
        } finally {
            book.lock.unlock();
        }
    }

    @Override
    boolean retired() {
        return current.retired();
    }

    @Override
    Period period() {
        return current().period();
    }

    @Override
    WordAccount seal() {
        book.lock.lock();
        try {
            return current.seal();
        } finally {
            book.lock.unlock();
        }
    }
}
