package io.modelgate.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** {@code modelgate budget}: what is spent and reserved, which only a process knows. */
@CommandLine.Command(
        name = "budget",
        customSynopsis = "modelgate budget [--top N] --api URL [--token-file FILE] [--json]",
        description = "What is spent and reserved in the process of a console.")
final class BudgetCommand extends Subcommand {

    @CommandLine.Option(
            names = "--top",
            paramLabel = "N",
            description = "How many accounts of each budget; default: 10.")
    private @Nullable String top;

    @CommandLine.Mixin
    private final ApiOptions through = new ApiOptions();

    BudgetCommand(LogAccess logs, Screen screen) {
        super(logs, screen);
    }

    @Override
    int run() throws UsageException {
        long accounts = number("--top", top, 10, 1, 100);
        ApiClient api = logs.api(new PlaceOptions(), through);
        if (api == null) {
            throw new UsageException(
                    "what is spent is known to the processes and in no control log: name the console of"
                            + " one, with --api URL or in MODELGATE_API");
        }
        JsonNode budgets = api.get("api/v1/budgets?top=" + accounts);
        JsonNode all = budgets.path("budgets");
        screen.line(all.isEmpty() ? "no budget" : Wording.count(all.size(), "budget") + ":");
        all.forEach(this::show);
        screen.line(Wording.count(budgets.path("reservations").asLong(), "reservation") + " open");
        JsonNode killed = budgets.path("killedSessions");
        if (!killed.isEmpty()) {
            screen.line(Wording.count(killed.size(), "session") + " killed by a limit on runaways:");
            killed.forEach(each -> screen.line("  " + each.asText()));
        }
        screen.object(() -> budgets);
        return Command.DONE;
    }

    private void show(JsonNode budget) {
        screen.line("  " + budget.path("name").asText() + ": "
                + budget.path("refused").asLong() + " refused, "
                + budget.path("overruns").asLong() + " overruns, "
                + budget.path("estimated").asLong() + " estimated, "
                + budget.path("expired").asLong() + " expired, "
                + budget.path("evicted").asLong() + " evicted");
        budget.path("top").forEach(account -> {
            String unit = account.path("unit").asText();
            screen.line("    " + account.path("key").asText() + ": "
                    + amount(account.path("spent").asLong(), unit) + " spent and "
                    + amount(account.path("reserved").asLong(), unit) + " reserved of "
                    + amount(account.path("ceiling").asLong(), unit) + " " + unit
                    + (account.path("overrun").asLong() > 0
                            ? ", OVERRUN by " + amount(account.path("overrun").asLong(), unit)
                            : "")
                    + (account.hasNonNull("end")
                            ? ", until " + account.path("end").asText()
                            : ""));
        });
    }

    /** Money comes in millionths. */
    private static String amount(long amount, String unit) {
        return unit.equals("tokens")
                ? String.valueOf(amount)
                : BigDecimal.valueOf(amount, 6).stripTrailingZeros().toPlainString();
    }
}
