package io.modelgate.examples.agent;

import io.modelgate.Actor;
import io.modelgate.Caller;
import io.modelgate.Cause;
import io.modelgate.KillReceipt;
import io.modelgate.Outcome;
import io.modelgate.Receipt;
import io.modelgate.Ticker;
import io.modelgate.budget.Balance;
import io.modelgate.budget.Budget;
import io.modelgate.budget.Budgets;
import io.modelgate.control.ControlLog.Subscription;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The demo from the first session to the restart, told while it happens. For use by one thread. */
final class Story {

    /** Of the agents' tools. */
    static final long SEED = 1;

    private static final int MOST_ROUNDS = 60;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Actor ALICE = Actor.of("alice");

    private final Page page;
    private final Path directory;
    private final InstantSource instants;
    private final List<Budget> ceilings;
    private final Books books = new Books();
    private final ChatModel large = new ChatModel("scripted/large", 7, books.lines());
    private final ChatModel small = new ChatModel("scripted/small", 0, books.lines());

    /** A story with its control log and its ledger in this directory, under these ceilings. */
    Story(Page page, Path directory, InstantSource instants, List<Budget> ceilings) {
        this.page = page;
        this.directory = directory;
        // One day for the whole story, even if it is told around midnight.
        this.instants = InstantSource.fixed(instants.instant());
        this.ceilings = ceilings;
    }

    Books books() {
        return books;
    }

    /** Plays it and returns its figures. */
    Summary play() throws InterruptedException {
        Agent looping;
        try (Service service = start();
                Subscription events = service.gates().onEvent(books::event)) {
            store(service.chat().version("large").promote(ALICE, "the large model is ready"));
            until(
                    "the promotion",
                    () -> service.chat().versionFor(caller("s-0")).equals(Optional.of("large")));
            honest(service);
            looping = loop(service);
            cut(service);
            race(service);
            runaway(service);
            operators(service);
            books.stop(service);
        }
        try (Service service = start();
                Subscription events = service.gates().onEvent(books::event)) {
            restarted(service, looping);
            return books.end(service);
        }
    }

    private Service start() {
        return Service.start(directory, instants, small, large, ceilings);
    }

    private static Caller caller(String session) {
        return Caller.of("user-42").session(session).with("tenant", Books.TENANT);
    }

    private Agent agent(Service service, String session) {
        return new Agent(service.chat(), caller(session), books.tally(), SEED);
    }

    private void honest(Service service) {
        page.chapter("A session does its work");
        page.line(
                "it may spend %s USD and %,d tokens; its tenant %s USD a day",
                Page.usd(AgentGate.SESSION.ceiling()),
                AgentGate.SESSION_TOKENS.ceiling(),
                Page.usd(AgentGate.TENANT_DAY.ceiling()));
        Optional<Outcome<Answer>> stopped = agent(service, "s-work").work(3);
        books.expect(stopped.isEmpty(), "the session that did its work was stopped");
        page.bill(books.bill("s-work"), books.tariff());
        agrees(service, "s-work");
        page.line("The large model failed now and then; the small one stood in.");
    }

    /** The session loops; returns its agent. */
    private Agent loop(Service service) {
        page.chapter("A session loops: its agent never finds what it looks for");
        Agent agent = agent(service, Books.LOOPING);
        refused(agent.loop(MOST_ROUNDS), Cause.OVER_BUDGET);
        page.line("So it forgets what was said, and goes on with the short prompts that the rest allows:");
        agent.compact();
        Optional<Outcome<Answer>> stopped = agent.loop(MOST_ROUNDS);
        List<Line> bill = books.bill(Books.LOOPING);
        page.bill(bill, books.tariff());
        refused(stopped, Cause.OVER_BUDGET);
        books.expect(bill.stream().anyMatch(Line::clamped), "no call of the loop was clamped");
        agrees(service, Books.LOOPING);
        return agent;
    }

    private void cut(Service service) throws InterruptedException {
        page.chapter("A long answer is cut half-way by a kill");
        Prompt prompt = new Prompt(Step.STREAM, Prompt.words("write", 500));
        CompletableFuture<Outcome<Answer>> call = service.chat().decideAsync(prompt, caller("s-cut"));
        books.expect(large.streams(), "the large model never began to stream");
        KillReceipt kill = service.chat().version("large").kill(ALICE, "it writes nonsense");
        Outcome<Answer> outcome = books.tally().count(call.join());
        until("the cut call to be settled", () -> books.settled(service, "s-cut"));
        page.line(
                "large is killed: its call ends as %s, and %s answers instead",
                outcome.cause().map(Cause::name).orElse("answered"),
                outcome.answeredBy().orElse("nobody"));
        books.expect(outcome.cause().equals(Optional.of(Cause.CUT)), "the call in flight was not cut");
        page.bill(books.bill("s-cut"), books.tariff());
        agrees(service, "s-cut");
        store(service.chat().version("large").revive(kill.id(), ALICE, "a bad prompt, not the model"));
        until("the revive", () -> service.chat().versionFor(caller("s-cut")).equals(Optional.of("large")));
    }

    private void race(Service service) {
        page.chapter("Eight threads of one session race for the rest of its budget");
        Agent first = new Agent(service.chat(), caller(Books.RACING), books.tally(), SEED);
        first.ask(Step.SUMMARISE);
        page.line(
                "%s of %s USD are left",
                Page.usd(books.check(service, Books.RACING)), Page.usd(AgentGate.SESSION.ceiling()));
        Race race = new Race(service.chat(), () -> caller(Books.RACING), Books.RACING, books.tally());
        page.line("%d calls were answered, then each thread was refused", race.run());
        page.line("most that any thread saw spent and reserved: %s USD", Page.usd(race.highest()));
        books.expect(
                race.highest() <= AgentGate.SESSION.ceiling(), "the race went above its ceiling: " + race.highest());
        long left = agrees(service, Books.RACING);
        books.same("left over after the race", left, "expected", 0);
    }

    private void runaway(Service service) {
        page.chapter("A session asks the same again and again");
        Optional<Outcome<Answer>> stopped = agent(service, "s-runaway").repeat(MOST_ROUNDS);
        page.bill(books.bill("s-runaway"), books.tariff());
        page.line("the 4th time was observed and let through; the 7th was not:");
        refused(stopped, Cause.REPEATED_INPUT);
        refused(Optional.of(agent(service, "s-runaway").ask(Step.SUMMARISE)), Cause.SESSION_KILLED);
        agrees(service, "s-runaway");
        boolean goesOn = agent(service, "s-other").ask(Step.THINK).answeredBy().isPresent();
        books.expect(goesOn, "another session was stopped too");
        page.line("another session of the same user goes on: %s", goesOn ? "yes" : "NO");
        agrees(service, "s-other");
    }

    private void operators(Service service) {
        page.chapter("What an operator sees");
        Budgets budgets = service.gates().budgets();
        List<Balance> accounts = new ArrayList<>();
        for (Budget budget : List.of(AgentGate.SESSION, AgentGate.TENANT_DAY)) {
            if (budgets.names().contains(budget.name())) {
                accounts.addAll(budgets.top(budget.name(), 4));
            }
        }
        page.balances(accounts);
        budgets.totals()
                .forEach((name, totals) -> page.line(
                        "%s: refused %d, overruns %d, expired %d",
                        name, totals.refused(), totals.overruns(), totals.expired()));
        page.line("killed sessions: %s", String.join(", ", budgets.killedSessions()));
    }

    private void restarted(Service service, Agent looping) {
        page.chapter("The service is started again, on the same day");
        refused(Optional.of(looping.resumed(service.chat()).ask(Step.THINK)), Cause.OVER_BUDGET);
        agrees(service, Books.LOOPING);
        books.begin(service.spent(AgentGate.TENANT_DAY, Books.TENANT));
        page.line(
                "the session that looped is still refused; the tenant has still spent %s USD",
                Page.usd(service.spent(AgentGate.TENANT_DAY, Books.TENANT)));
        refused(agent(service, "s-late").loop(MOST_ROUNDS), Cause.OVER_BUDGET);
        agrees(service, "s-late");
        Caller globex = Caller.of("user-43").session("s-globex").with("tenant", "globex");
        Agent other = new Agent(service.chat(), globex, books.tally(), SEED);
        books.expect(other.work(1).isEmpty(), "another tenant was stopped too");
        agrees(service, "s-globex");
    }

    /** Says what refused a call, and expects that it was this. */
    private void refused(Optional<Outcome<Answer>> stopped, Cause cause) {
        Optional<Cause> why = stopped.flatMap(Outcome::cause);
        books.expect(
                why.equals(Optional.of(cause)),
                "expected " + cause + "; came " + why.map(Cause::name).orElse("none"));
        stopped.ifPresent(
                outcome -> page.line("%s: %s", outcome.cause().map(Cause::name).orElse("answered"), numbers(outcome)));
    }

    private static String numbers(Outcome<Answer> outcome) {
        return outcome instanceof Outcome.FellBack<Answer> fell && fell.error() != null
                ? String.valueOf(fell.error().getMessage())
                : "";
    }

    /** Holds a session's bill against the ledger; returns what is left of its money. */
    private long agrees(Service service, String session) {
        long left = books.check(service, session);
        long bill = books.tariff().micros(books.bill(session));
        page.line(
                "%s: bill %s USD, ledger %s USD, ceiling %s USD",
                session,
                Page.usd(bill),
                Page.usd(AgentGate.SESSION.ceiling() - left),
                Page.usd(AgentGate.SESSION.ceiling()));
        return left;
    }

    private static void store(Receipt receipt) {
        if (!receipt.stored(PATIENCE)) {
            throw new IllegalStateException("decision " + receipt.id() + " is not stored");
        }
    }

    private static void until(String what, BooleanSupplier condition) {
        Ticker ticker = Ticker.system();
        long start = ticker.read();
        while (!condition.getAsBoolean()) {
            if (ticker.read() - start > PATIENCE.toNanos()) {
                throw new IllegalStateException("waited " + PATIENCE.toSeconds() + " s for " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
