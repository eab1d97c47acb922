package io.modelgate.redis;

import io.lettuce.core.RedisCommandExecutionException;
import io.modelgate.control.ControlLogException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Says in words what went wrong between this process and Redis. The client's own exceptions end here: their messages, causes
 * and suppressed ones may quote what was sent, so none of them goes on.
 */
final class Failures {

    /** Replies, also to a command of a script, of a server that is not the one to ask, or not yet. */
    private static final Pattern ELSEWHERE =
            Pattern.compile("\\b(READONLY|LOADING|MASTERDOWN|CLUSTERDOWN|UNBLOCKED|TRYAGAIN|MOVED|ASK) ");

    private static final Pattern SCRIPT_LINE = Pattern.compile("user_script:\\s*(\\d+)");
    private static final Pattern COMMAND = Pattern.compile("'([A-Za-z|]+)' command");
    private static final Pattern LOGIN = Pattern.compile("://\\S*@");
    private static final int CHAIN = 20;

    private final RedisAddress address;

    Failures(RedisAddress address) {
        this.address = address;
    }

    /** Whether the connection is of no use after this. */
    static boolean ends(Throwable failure) {
        Optional<String> reply = reply(failure);
        return reply.isEmpty() || ELSEWHERE.matcher(reply.get()).find();
    }

    /** Whether Redis does not have the script (any more). */
    static boolean noScript(Throwable failure) {
        return reply(failure).filter(text -> text.startsWith("NOSCRIPT")).isPresent();
    }

    /** Whether it says no more than that the connection ended. */
    static boolean isLoss(Throwable failure) {
        Throwable last = failure;
        for (int i = 0; i < CHAIN && last.getCause() != null; i++) {
            last = last.getCause();
        }
        return last instanceof CancellationException
                || last instanceof ClosedChannelException
                || "Connection closed prematurely".equals(last.getMessage());
    }

    /** Whether the host said that nobody listens there. */
    static boolean nobodyListens(Throwable failure) {
        Throwable each = failure;
        for (int i = 0; i < CHAIN && each != null; i++) {
            // A connect timeout is one of these too.
            if (each instanceof ConnectException
                    && !each.getClass().getSimpleName().contains("Timeout")) {
                return true;
            }
            each = each.getCause();
        }
        return false;
    }

    ControlLogException asked(Throwable failure, @Nullable Script script) {
        if (failure instanceof ControlLogException known) {
            return known;
        }
        return new ControlLogException(say(failure, script));
    }

    ControlLogException down(String problem) {
        return new ControlLogException("not connected to Redis " + address + ": " + problem);
    }

    ControlLogException late(Duration after) {
        return new ControlLogException("Redis " + address + " did not answer within " + after.toMillis()
                + " ms; what was asked may be done all the same");
    }

    ControlLogException closed() {
        return new ControlLogException("the connection to Redis " + address + " was closed by this process");
    }

    /** A sentence that names the address and the fix. */
    String say(Throwable failure, @Nullable Script script) {
        Optional<String> reply = reply(failure);
        if (reply.isPresent()) {
            return "Redis " + address + " refuses: " + refusal(clean(reply.get()), script);
        }
        return "Redis " + address + " does not answer: " + why(failure);
    }

    /** Why no connection comes about, without the address. */
    String why(Throwable failure) {
        Optional<String> reply = reply(failure);
        if (reply.isPresent()) {
            return refusal(clean(reply.get()), null);
        }
        Throwable last = failure;
        for (int i = 0; i < CHAIN; i++) {
            if (last instanceof ControlLogException known) {
                return String.valueOf(known.getMessage());
            }
            if (last instanceof UnknownHostException) {
                return "a host of that name is not known here";
            }
            if (last instanceof ConnectException) {
                return "the connection is refused; does it run, and is the port right?";
            }
            if (last instanceof SSLException) {
                return "TLS fails: " + clean(root(last))
                        + "; is it a TLS port, does its certificate name this host, and is"
                        + " it signed by one that is trusted here?";
            }
            if (last.getCause() == null) {
                break;
            }
            last = last.getCause();
        }
        if (String.valueOf(last.getMessage()).startsWith("Cannot retrieve cluster partitions")) {
            Throwable[] each = last.getSuppressed();
            return "no node of the cluster answers" + (each.length == 0 ? "" : ": " + why(each[0]));
        }
        if (last instanceof TimeoutException || last.getClass().getSimpleName().contains("Timeout")) {
            return "no answer in time";
        }
        if (isLoss(last)) {
            return "the connection was lost";
        }
        return clean(root(last));
    }

    private String refusal(String reply, @Nullable Script script) {
        String lower = reply.toLowerCase(Locale.ROOT);
        if (lower.contains("can't access") || lower.contains("permissions to access")) {
            return reply + "; the user lacks the right to the keys: ~modelgate:*";
        }
        if (reply.startsWith("NOPERM")
                || lower.contains("can't run this command")
                || lower.contains("no permissions")) {
            return right(reply, script);
        }
        if (reply.startsWith("WRONGPASS") || lower.contains("invalid password")) {
            return "user or password are wrong (WRONGPASS)";
        }
        if (reply.startsWith("NOAUTH")) {
            return "it wants a password (NOAUTH): put USER:PASSWORD@ before the host, or set MODELGATE_REDIS_PASSWORD";
        }
        if (reply.startsWith("OOM")) {
            return "it is full (OOM): raise maxmemory, or archive the log; " + reply;
        }
        if (reply.startsWith("MISCONF")) {
            return "it cannot write to its disk (MISCONF): " + reply;
        }
        return reply;
    }

    private static String right(String reply, @Nullable Script script) {
        Matcher line = SCRIPT_LINE.matcher(reply);
        Optional<String> command =
                line.find() && script != null ? script.command(Integer.parseInt(line.group(1))) : Optional.empty();
        if (command.isEmpty()) {
            Matcher named = COMMAND.matcher(reply);
            command = named.find() ? Optional.of(named.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
        }
        return command.map(name -> "the user lacks the right +" + name).orElse("the user lacks a right")
                + " (ACL SETUSER, docs/fleet.md): " + reply;
    }

    /** What the server itself said, if it said something. */
    static Optional<String> reply(Throwable failure) {
        Throwable each = failure;
        for (int i = 0; i < CHAIN && each != null; i++) {
            if (each instanceof RedisCommandExecutionException said && said.getMessage() != null) {
                return Optional.of(said.getMessage());
            }
            each = each.getCause();
        }
        return Optional.empty();
    }

    private static String root(Throwable failure) {
        Throwable last = failure;
        for (int i = 0; i < CHAIN && last.getCause() != null; i++) {
            last = last.getCause();
        }
        return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
    }

    private String clean(String text) {
        String cleaned = text;
        for (String secret : address.secrets()) {
            cleaned = cleaned.replace(secret, "***");
        }
        // The client shows URIs with their user.
        return LOGIN.matcher(cleaned.lines().findFirst().orElse("")).replaceAll("://");
    }
}
