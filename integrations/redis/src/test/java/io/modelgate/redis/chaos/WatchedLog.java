package io.modelgate.redis.chaos;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Decision;
import io.modelgate.control.Entry;
import io.modelgate.control.Head;
import io.modelgate.testkit.ForwardingControlLog;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/** A log that writes into the journal what passes between it and the gates: entries, acknowledgements, confirmations. */
final class WatchedLog extends ForwardingControlLog {

    private final Journal journal;
    private final Set<String> seen = ConcurrentHashMap.newKeySet();
    private final Set<String> owed = ConcurrentHashMap.newKeySet();
    private final Set<String> owing = ConcurrentHashMap.newKeySet();
    private final ThreadLocal<List<Decision>> handed = ThreadLocal.withInitial(ArrayList::new);

    WatchedLog(ControlLog log, Journal journal) {
        super(log);
        this.journal = journal;
    }

    @Override
    public List<Entry> append(List<Decision> decisions) {
        try {
            List<Entry> entries = super.append(decisions);
            given(entries);
            entries.forEach(this::acknowledged);
            return entries;
        } catch (RuntimeException e) {
            owes();
            throw e;
        }
    }

    @Override
    public Optional<Entry> appendIf(long expectedSeq, Decision decision) {
        Optional<Entry> entry = super.appendIf(expectedSeq, decision);
        entry.ifPresent(stored -> {
            given(List.of(stored));
            acknowledged(stored);
        });
        return entry;
    }

    @Override
    public List<Entry> read(long after, int limit) {
        return given(super.read(after, limit));
    }

    @Override
    public Subscription follow(long after, Consumer<List<Entry>> follower) {
        return super.follow(after, entries -> follower.accept(given(entries)));
    }

    @Override
    public Subscription onKill(Consumer<Entry> listener) {
        return super.onKill(entry -> {
            journal.write("arrived " + kill(entry.decision()));
            listener.accept(entry);
        });
    }

    @Override
    public Subscription onReplaced(Runnable listener) {
        return super.onReplaced(() -> {
            journal.write("replaced " + journal.stamp());
            handed.get().clear();
            listener.run();
            inForce();
        });
    }

    /** Written before the gates have them: they put the kills among them in force without waiting until the log has them. */
    @Override
    public List<Decision> owed() {
        List<Decision> decisions = super.owed();
        for (Decision decision : decisions) {
            if (decision.isKill()) {
                handed.get().add(decision);
                if (owing.add(decision.id())) {
                    journal.write("owing " + kill(decision));
                }
            }
        }
        return decisions;
    }

    /** Says that the kills are in force that the gates were handed as owed by this thread, in whatever they have done since. */
    void inForce() {
        handed.get().forEach(decision -> journal.write("restored " + kill(decision)));
        handed.get().clear();
    }

    private String kill(Decision decision) {
        Object version = decision.data().get("version");
        return journal.stamp() + " " + decision.id() + " " + decision.gate() + " " + (version == null ? "-" : version);
    }

    @Override
    public void applied(Head head) {
        journal.write("applied " + journal.stamp() + " " + head.seq() + " " + head.hash());
        super.applied(head);
    }

    /** Written before the gates have them: whatever state they serve from was given. */
    private List<Entry> given(List<Entry> entries) {
        for (Entry entry : entries) {
            if (seen.add(entry.hash())) {
                journal.write("entry " + new String(entry.line(), StandardCharsets.UTF_8));
            }
        }
        int from = 0;
        for (int i = 1; i <= entries.size(); i++) {
            // What is returned for a repeated append may stand anywhere.
            if (i == entries.size()
                    || !entries.get(i).previousHash().equals(entries.get(i - 1).hash())) {
                journal.write(
                        "given " + journal.stamp() + " " + entries.get(i - 1).hash() + " " + (i - from));
                from = i;
            }
        }
        return entries;
    }

    private void acknowledged(Entry entry) {
        journal.write("ack " + entry.decision().id() + " " + entry.type());
    }

    private void owes() {
        for (Decision decision : super.owed()) { // nobody is handed these
            if (owed.add(decision.id())) {
                journal.write("owes " + decision.id() + " " + decision.type());
            }
        }
    }
}
