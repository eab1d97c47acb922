package io.modelgate.console;

import io.modelgate.control.ControlLog;
import io.modelgate.control.Entry;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate log tail}: the last entries, and those that follow. */
@CommandLine.Command(
        name = "tail",
        customSynopsis = "modelgate log tail [--last N] [--follow] " + Subcommand.PLACE,
        description = "The last entries, and with --follow those that come.")
final class LogTailCommand extends Subcommand {

    private static final int DEFAULT_LAST = 20;
    private static final int BATCH = 1_000;

    @CommandLine.Option(names = "--last", paramLabel = "N", description = "How many entries; default: 20.")
    private @Nullable String last;

    @CommandLine.Option(names = "--follow", description = "Goes on with what comes, until Ctrl-C.")
    private boolean follow;

    @CommandLine.Mixin
    private final PlaceOptions options = new PlaceOptions();

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    LogTailCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        return tail(last, follow, options, through, logs, screen);
    }

    static int tail(
            @Nullable String given,
            boolean follow,
            PlaceOptions options,
            ApiOptions through,
            LogAccess logs,
            Screen screen)
            throws UsageException {
        int last = (int) number("--last", given, DEFAULT_LAST, 1, Integer.MAX_VALUE);
        ApiClient api = logs.api(options, through);
        if (api != null) {
            return ApiLog.tail(api, last, follow, screen);
        }
        LogPlace place = logs.place(options);
        try (ControlLog log = LogAccess.log(place)) {
            long end = log.head().seq();
            long after = Math.max(0, end - last);
            List<Entry> shown = new ArrayList<>();
            while (after < end) {
                List<Entry> batch = log.read(after, (int) Math.min(BATCH, end - after));
                batch.forEach(entry -> show(entry, follow, shown, screen));
                after += batch.size();
            }
            if (end == 0) {
                screen.line("no entries in " + place);
            }
            if (follow) {
                follow(log, end, screen);
            } else {
                screen.object(() -> page(shown));
            }
        }
        return Command.DONE;
    }

    /** A program gets an entry a line where they go on, and else all of them at the end. */
    private static void show(Entry entry, boolean follow, List<Entry> shown, Screen screen) {
        screen.line(Wording.entry(entry));
        if (follow) {
            screen.object(() -> Views.EntryView.of(entry));
        } else if (screen.json()) {
            shown.add(entry);
        }
    }

    /** As the console pages them, the latest first. */
    private static Object page(List<Entry> shown) {
        List<Entry> latest = new ArrayList<>(shown);
        Collections.reverse(latest);
        long first = shown.isEmpty() ? 1 : shown.get(0).seq();
        return CommandJson.object(
                "entries", latest.stream().map(Views.EntryView::of).toList(), "next", first > 1 ? first : null);
    }

    private static void follow(ControlLog log, long end, Screen screen) {
        CountDownLatch never = new CountDownLatch(1);
        screen.flush();
        try (ControlLog.Subscription ignored = log.follow(end, batch -> {
            batch.forEach(entry -> show(entry, true, new ArrayList<>(), screen));
            screen.flush();
        })) {
            never.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
