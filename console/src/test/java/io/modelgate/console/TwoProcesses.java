package io.modelgate.console;

import io.modelgate.Caller;
import io.modelgate.Gates;
import io.modelgate.ModelGate;
import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import io.modelgate.control.FileControlLog;
import io.modelgate.fallback.Ladder;
import io.modelgate.rollout.Cohorts;
import io.modelgate.testkit.ForwardingControlLog;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** Two processes that serve from one control log, and the console of the first. */
final class TwoProcesses implements AutoCloseable {

    static final String MODEL = "approved by the model";
    static final String FALLBACK = "referred to a human";

    static final Token VIEWER = Token.generate();
    static final Token OPERATOR = Token.generate();
    static final Token APPROVER = Token.generate();
    static final Token ADMIN = Token.generate();

    final Gates gates;
    final Gates other;
    final ModelGate<String, String> credit;
    final ModelGate<String, String> fraud;

    /** Counted down: the other process gets to know of what is in the log. */
    private final CountDownLatch news = new CountDownLatch(1);

    private Console console;

    /** One whose other process hears of nothing until {@link #tellTheOther}. */
    static TwoProcesses deafOther(Path log) {
        return new TwoProcesses(log, true);
    }

    TwoProcesses(Path log) {
        this(log, false);
    }

    private TwoProcesses(Path log, boolean deaf) {
        gates = Gates.open(g -> g.controlLog(FileControlLog.open(log)));
        credit = credit(gates);
        fraud = gates.gate("fraud-score", g -> g.stable("v1", input -> MODEL));
        other = Gates.open(g -> {
            ControlLog file = FileControlLog.open(log);
            g.controlLog(deaf ? new Deaf(file) : file);
        });
        credit(other);
        if (!deaf) {
            news.countDown();
        }
        console = console(0);
    }

    private static ModelGate<String, String> credit(Gates of) {
        return of.gate(
                "credit-risk",
                g -> g.stable("v1", input -> MODEL)
                        .version("v2", input -> "approved by v2")
                        .attributes("region")
                        .router(Cohorts.router())
                        .fallback(Ladder.of(
                                l -> l.rule("debt-ratio", input -> input.equals("rich") ? "approved by rule" : null)
                                        .degrade(FALLBACK))));
    }

    private Console console(int port) {
        return Console.start(gates, c -> staff(c.port(port)));
    }

    /** Who may use a console of these tests. */
    static void staff(ConsoleBuilder console) {
        console.token("vera", Role.VIEWER, VIEWER.hash())
                .token("olga", Role.OPERATOR, OPERATOR.hash())
                .token("anna", Role.APPROVER, APPROVER.hash())
                .token("adam", Role.ADMIN, ADMIN.hash());
    }

    URI address() {
        return console.address();
    }

    void stopConsole() {
        console.close();
    }

    /** Starts it again where it was. */
    void startConsole() {
        console = console(address().getPort());
    }

    void tellTheOther() {
        news.countDown();
    }

    /** Calls of some callers, each third of them of the region eu, the others of the region us. */
    void traffic(int callers) {
        for (int i = 0; i < callers; i++) {
            Caller caller = Caller.of("user-" + i).with("region", i % 3 == 0 ? "eu" : "us");
            credit.call("poor", caller);
            fraud.call("poor", caller);
        }
    }

    String answerFor(String region) {
        return credit.call("poor", Caller.of("user-0").with("region", region));
    }

    List<Entry> entries(String type) {
        return gates.log().read(0, 10_000).stream()
                .filter(entry -> entry.type().equals(type))
                .toList();
    }

    @Override
    public void close() {
        news.countDown();
        console.close();
        other.close();
        gates.close();
    }

    /** Follows with the patience of a process that hangs. */
    private final class Deaf extends ForwardingControlLog {

        Deaf(ControlLog log) {
            super(log);
        }

        @Override
        public Subscription follow(long after, Consumer<List<Entry>> follower) {
            return super.follow(after, entries -> {
                try {
                    news.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                follower.accept(entries);
            });
        }
    }
}
