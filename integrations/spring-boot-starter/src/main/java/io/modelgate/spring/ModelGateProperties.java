package io.modelgate.spring;

import io.modelgate.budget.Reaction;
import io.modelgate.budget.WhenUnreachable;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is configured under {@code modelgate}. Immutable and thread-safe.
 *
 * <p>All of it is read once, at the start: no value takes effect while the application runs, but what is in a rollout's policy file. What has to change then is a decision, and goes
 * through the control log: a kill, a promotion, the weight of a rollout. An unknown key and a value out of range keep the application
 * from starting.
 *
 * @param log Where the control log is. Read once, at the start.
 * @param killWhenStale After how long without certainty that every decision of the control log is known here all gates are killed, one second
 *     to one day. Default: never. Read once, at the start.
 * @param startKilledIfLogRefuses Whether the application starts with all gates killed when the control log refuses to open. Default: the start
 *     fails. Read once, at the start.
 * @param budgets What the budgets of all gates share. Read once, at the start.
 * @param gates Settings of gates, by the gate's name. They take the place of what the gate's own code sets. Read once, at the start.
 * @param rollouts Settings of rollouts, by the gate's name. Read once, at the start; the policy files that they name are read again for each rollout.
 * @param actuator What the actuator's endpoint may do. Read once, at the start.
 * @param observations Micrometer observations of calls. Read once, at the start.
 * @param caller Where the caller comes from, for gated methods that have no parameter that says it. Read once, at the start.
 * @param console The operators' page and API, on a port of its own. Read once, at the start.
 */
@ConfigurationProperties(prefix = ModelGateProperties.PREFIX, ignoreUnknownFields = false)
record ModelGateProperties(
        @DefaultValue Log log,
        @Nullable Duration killWhenStale,
        boolean startKilledIfLogRefuses,
        @DefaultValue Budgets budgets,
        @DefaultValue Map<String, Gate> gates,
        @DefaultValue Map<String, Rollout> rollouts,
        @DefaultValue Actuator actuator,
        @DefaultValue Observations observations,
        @DefaultValue Caller caller,
        @DefaultValue Console console) {

    static final String PREFIX = "modelgate";

    /** Copies the maps. */
    ModelGateProperties {
        gates = Map.copyOf(gates);
        rollouts = Map.copyOf(rollouts);
    }

    /**
     * Where the control log is: on Redis if there is a URI, in a file if there is one, else in memory. Both at once are refused.
     *
     * @param file Its file, on a local disk, in a directory that exists; the processes of one host share it.
     * @param redis Its place on Redis or Valkey, for a fleet.
     */
    record Log(@Nullable Path file, @DefaultValue Redis redis) {}

    /**
     * The control log on Redis. Needs the module modelgate-redis. Its text shows neither the URI nor who asks.
     *
     * @param uri Where Redis is, for instance rediss://host:6379. Also redis-sentinel://h1,h2/0#main and redis-cluster://h1,h2.
     * @param name The log's name on that Redis. Default: modelgate.
     * @param directory Where this process keeps its copy of the log: an existing directory on a local disk, for this process alone.
     * @param instance This process's name among those that share the log. Default: made of host, process and chance.
     * @param user The user of Redis, where it is not to stand in the URI. Needs a password.
     * @param password The password of that user.
     * @param sentinelPassword The password of the sentinels themselves.
     * @param trust A file of certificates in PEM that may sign the server's. Default: those that the Java runtime trusts.
     * @param commandTimeout How long a command to Redis, and connecting to it, may take, 1 ms to 1 hour. Default: one second.
     * @param heartbeat How often this process says what it has applied, besides at once, 1 ms to 1 hour. Default: one second.
     * @param liveFor For how long after its last heartbeat a process counts as live, 1 ms to 1 hour; more than the heartbeat. Default: 3
     *     seconds.
     * @param startWithoutRedis What a process does that starts without Redis and without a copy of the log; open needs an identity-secret.
     *     Default: killed.
     * @param identitySecret The secret under which callers' identities are hashed, 16 bytes or more in Base64, the same in all processes. Default:
     *     the first process makes one, which is in Redis.
     */
    record Redis(
            @Nullable String uri,
            @Nullable String name,
            @Nullable Path directory,
            @Nullable String instance,
            @Nullable String user,
            @Nullable String password,
            @Nullable String sentinelPassword,
            @Nullable Path trust,
            @Nullable Duration commandTimeout,
            @Nullable Duration heartbeat,
            @Nullable Duration liveFor,
            @Nullable WithoutRedis startWithoutRedis,
            @Nullable String identitySecret) {

        /** Whether anything is said of a Redis beside where it is. */
        boolean saysMore() {
            return said(
                    name,
                    directory,
                    instance,
                    user,
                    password,
                    sentinelPassword,
                    trust,
                    commandTimeout,
                    heartbeat,
                    liveFor,
                    startWithoutRedis,
                    identitySecret);
        }

        @Override
        public String toString() {
            return "Redis[" + (uri == null ? "" : "uri=******, ") + "name=" + name + ", directory=" + directory + "]";
        }
    }

    /** What a process does that starts without Redis and without a copy of the log. */
    enum WithoutRedis {
        /** Every gate is killed until the log is known. */
        KILLED,
        /** Gates serve what the code declares until the log is known; kills that were made meanwhile arrive then. */
        OPEN
    }

    /**
     * What the budgets of all gates share.
     *
     * @param ledger The file of the durable ledger, by which ceilings survive a restart; one process owns it. Default: what was spent is
     *     forgotten when the process ends.
     * @param prices The file of prices that budgets in money are reckoned with.
     * @param sessionIdle After how long a session that made no call is forgotten, with what it spent, 1 second to 366 days. Default: 24 hours.
     * @param maxAccounts How many accounts each budget keeps, 1 to 100,000,000. Default: 1,000,000.
     * @param reservationTimeout After how long a reservation that is not settled is given back, 1 second to 366 days; longer than any call
     *     lasts. Default: 15 minutes.
     * @param redis The ledger of the ceilings that a fleet shares.
     */
    record Budgets(
            @Nullable Path ledger,
            @Nullable Path prices,
            @Nullable Duration sessionIdle,
            @Nullable Integer maxAccounts,
            @Nullable Duration reservationTimeout,
            @DefaultValue FleetLedger redis) {

        /** Whether anything is said beside what a fleet shares. */
        boolean saysMore() {
            return said(ledger, prices, sessionIdle, maxAccounts, reservationTimeout);
        }
    }

    /**
     * The ledger on Redis of the budgets that a fleet shares. Needs the module modelgate-redis, and the same control log in all processes. Its
     * text shows neither the URI nor who asks.
     *
     * @param uri Where Redis is, for instance rediss://host:6379, or ${modelgate.log.redis.uri}. Also redis-sentinel://h1,h2/0#main and
     *     redis-cluster://h1,h2.
     * @param name The name of the fleet on that Redis: processes with one name share their ceilings. Default: modelgate.
     * @param instance How this process is called for whoever looks into Redis. Default: by chance.
     * @param user The user of Redis, where it is not to stand in the URI. Needs a password.
     * @param password The password of that user.
     * @param sentinelPassword The password of the sentinels themselves.
     * @param trust A file of certificates in PEM that may sign the server's. Default: those that the Java runtime trusts.
     * @param lease For how long a slice is leased, 500 ms to 1 hour: how long a process that cannot reach Redis may go on. The same in all
     *     processes. Default: 10 seconds.
     * @param askTimeout How long a call may wait for Redis before it is refused, 10 ms to 10 seconds. Default: 100 ms.
     */
    record FleetLedger(
            @Nullable String uri,
            @Nullable String name,
            @Nullable String instance,
            @Nullable String user,
            @Nullable String password,
            @Nullable String sentinelPassword,
            @Nullable Path trust,
            @Nullable Duration lease,
            @Nullable Duration askTimeout) {

        /** Whether anything is said of a Redis beside where it is. */
        boolean saysMore() {
            return said(name, instance, user, password, sentinelPassword, trust, lease, askTimeout);
        }

        @Override
        public String toString() {
            return "FleetLedger[" + (uri == null ? "" : "uri=******, ") + "name=" + name + "]";
        }
    }

    /**
     * The settings of one gate.
     *
     * @param stable The id of the version that everyone gets, until the control log says otherwise.
     * @param modelTimeout The longest time that a version may take to answer. Default: none.
     * @param deadline The time that the whole call may take, fallbacks included; more than the model timeout. Default: none.
     * @param maxConcurrent How many invocations of the model may run at once, 1 or more. Default: no bound.
     * @param attributes Attributes of callers by which switches may be narrowed and rollouts ruled, beside those that annotations declare.
     * @param enforceTimeouts Whether the model timeout and the deadline are enforced on models that answer at once, which then run on
     *     another thread.
     * @param cutInFlightOnKill Whether a kill ends the calls that are in flight on what it kills.
     * @param latencyHistogram Whether a latency histogram is kept for each version and its quantiles published.
     * @param startWithoutStable Whether the gate starts although the stable version that the control log names is not here.
     * @param breaker The circuit breaker of each version.
     * @param rateLimit The limit on the rate of model invocations. Default: none.
     * @param budgets Ceilings on what calls may use. The gate needs to know how to count tokens, which a GateCustomizer says.
     * @param runaways Limits on what one session does, for callers that loop. The gate needs to know how to count tokens.
     */
    record Gate(
            @Nullable String stable,
            @Nullable Duration modelTimeout,
            @Nullable Duration deadline,
            @Nullable Integer maxConcurrent,
            @DefaultValue List<String> attributes,
            boolean enforceTimeouts,
            boolean cutInFlightOnKill,
            boolean latencyHistogram,
            boolean startWithoutStable,
            @Nullable Breaker breaker,
            @Nullable RateLimit rateLimit,
            @DefaultValue List<Budget> budgets,
            @DefaultValue List<Runaway> runaways) {

        /** Copies the lists. */
        Gate {
            attributes = List.copyOf(attributes);
            budgets = List.copyOf(budgets);
            runaways = List.copyOf(runaways);
        }

        /** Whether anything is said beside the stable version. */
        boolean saysMore() {
            return said(modelTimeout, deadline, maxConcurrent, breaker, rateLimit)
                    || enforceTimeouts
                    || cutInFlightOnKill
                    || latencyHistogram
                    || startWithoutStable
                    || !(attributes.isEmpty() && budgets.isEmpty() && runaways.isEmpty());
        }
    }

    /**
     * A circuit breaker. What is left out is as in a gate that names none.
     *
     * @param failureRateThreshold The share of failed calls in percent that opens it, above 0 to 100. Default: 50.
     * @param slowCallRateThreshold The share of slow calls in percent that opens it, above 0 to 100. Default: 100.
     * @param slowCallDuration From how long on a call is slow. Default: 60 seconds.
     * @param windowCalls Over how many calls the shares are taken, 1 to 1,000,000. Default: 50. Not together with window-time.
     * @param windowTime Over how long the shares are taken, in whole seconds, 1 second to 1 day. Not together with window-calls.
     * @param minimumCalls From how many calls on it may open, at most the calls of the window. Default: 10, or the window's if that is less.
     * @param waitInOpen How long it stays open. Default: 30 seconds.
     * @param callsInHalfOpen How many trial calls decide whether it closes again. Default: 5.
     * @param maxWaitInHalfOpen How long it waits for the trial calls before it opens again. Default: for ever.
     */
    record Breaker(
            @Nullable Float failureRateThreshold,
            @Nullable Float slowCallRateThreshold,
            @Nullable Duration slowCallDuration,
            @Nullable Integer windowCalls,
            @Nullable Duration windowTime,
            @Nullable Integer minimumCalls,
            @Nullable Duration waitInOpen,
            @Nullable Integer callsInHalfOpen,
            @Nullable Duration maxWaitInHalfOpen) {}

    /**
     * A limit on the rate of model invocations: so many calls in each period. A call beyond it is refused, none waits.
     *
     * @param calls How many, 1 or more.
     * @param per The period.
     */
    record RateLimit(@Nullable Integer calls, @Nullable Duration per) {}

    /**
     * A ceiling on what calls may use, in tokens or in money.
     *
     * @param name 1 to 100 letters, digits, '.', '_' or '-'; gates that define an equal budget under one name share its accounts.
     * @param tokens The ceiling in tokens, input and output together. Not together with money.
     * @param money The ceiling in money, with at most six decimals, for instance 20.00. Not together with tokens.
     * @param currency The currency of the money, three letters of ISO 4217.
     * @param per What has an account of its own.
     * @param attribute The caller's attribute whose values have accounts, with per: attribute.
     * @param window Over what time the ceiling holds. Default: life.
     * @param length How far a rolling window reaches back, 1 second to 366 days.
     * @param zone Where midnight is, for a day and a month, for instance Europe/Berlin.
     * @param shared How the processes of a fleet share the ceiling, which needs modelgate.budgets.redis: strict asks Redis for each
     *     reservation, leased asks for a slice now and then. Default: each process has the whole ceiling.
     * @param slice The most that a process leases, with shared: leased; in the unit of the ceiling, at most the ceiling.
     * @param whenUnreachable What is done while Redis cannot be reached, with shared: leased. A strict one refuses.
     */
    record Budget(
            @Nullable String name,
            @Nullable Long tokens,
            @Nullable String money,
            @Nullable String currency,
            @Nullable Account per,
            @Nullable String attribute,
            @DefaultValue("life") Window window,
            @Nullable Duration length,
            @Nullable ZoneId zone,
            @Nullable Shared shared,
            @Nullable String slice,
            @Nullable WhenUnreachable whenUnreachable) {}

    /** How the processes of a fleet share a ceiling. */
    enum Shared {
        /** Each reservation asks Redis. */
        STRICT,
        /** Processes lease slices, and serve from them without asking. */
        LEASED
    }

    /**
     * A limit on what one session does: of calls-per-session, repeated-input, spend-tokens and spend-money it has one.
     *
     * @param callsPerSession It trips on every call after so many of a session, 1 to 1,000,000,000.
     * @param repeatedInput It trips on an input that would stand more than so many times among the last 64 of the session, 1 to 63.
     * @param spendTokens It trips once the session has spent more tokens than this within the last time that per says.
     * @param spendMoney It trips once the session has spent more money than this within the last time that per says, for instance 5.00.
     * @param currency The currency of that money, three letters of ISO 4217.
     * @param per Within what time the tokens or the money are spent, 1 second to 366 days.
     * @param reaction What happens when it trips: refuse the call, kill-session, or only observe.
     */
    record Runaway(
            @Nullable Integer callsPerSession,
            @Nullable Integer repeatedInput,
            @Nullable Long spendTokens,
            @Nullable String spendMoney,
            @Nullable String currency,
            @Nullable Duration per,
            @Nullable Reaction reaction) {}

    /** What has an account of its own under a budget. */
    enum Account {
        /** Each session. */
        SESSION,
        /** Each caller. */
        CALLER,
        /** Each value of an attribute of the caller. */
        ATTRIBUTE,
        /** Each version of each gate. */
        VERSION,
        /** Each gate. */
        GATE
    }

    /** The time over which the ceiling of a budget holds. */
    enum Window {
        /** For the life of the account. */
        LIFE,
        /** Back from now, by a length. */
        ROLLING,
        /** A calendar day in a zone. */
        DAY,
        /** A calendar month in a zone. */
        MONTH
    }

    /**
     * The settings of the rollouts of one gate.
     *
     * @param policy The policy file of its rollouts, checked at the start and then a bean of type RolloutPolicy, named after the gate with
     *     "-policy".
     */
    record Rollout(@Nullable Path policy) {}

    /**
     * What the actuator's endpoint may do.
     *
     * @param writes Whether it can kill and revive. Default: it only shows.
     */
    record Actuator(boolean writes) {}

    /**
     * Micrometer observations of calls.
     *
     * @param enabled Whether each call through a gate is observed. Default: none is.
     */
    record Observations(boolean enabled) {}

    /**
     * Where the caller comes from in a web application, for gated methods that have no parameter that says it. A bean of type
     * CallerResolver takes the place of all of it.
     *
     * @param principal Whether the caller's key is the name of the request's authenticated principal.
     * @param header The request's header that holds the caller's key, where there is no principal. A client can write what it wants into it,
     *     unless a gateway sets it.
     * @param session Whether the caller's session is that of the request.
     */
    record Caller(boolean principal, @Nullable String header, boolean session) {

        /** Whether it says any place where the caller comes from. */
        boolean anySource() {
            return principal || session || (header != null && !header.isBlank());
        }
    }

    /**
     * The operators' page and API, on a port of its own. Needs the module modelgate-console.
     *
     * @param enabled Whether it is served.
     * @param config A file in YAML that says where it listens and who may use it, as "modelgate console" reads it. In the place of port, address,
     *     tokens and proxy.
     * @param port Its port, 0 for any that is free. Default: 7710.
     * @param address The address of this machine that it listens on. Default: the loopback address, which no other machine reaches. On another
     *     one it needs ssl.bundle or behind-proxy.
     * @param tokens Who may use it by a token of their own.
     * @param proxy Who may use it because a reverse proxy says so.
     * @param hosts Names that it answers to besides those of the loopback address, for instance ops.example.com: that of a proxy which passes it on.
     *     Default: every name on an address that other machines reach, and else none.
     * @param requestsPerSecond How many requests each operator may make in a second, 1 to 100,000. Default: 300.
     * @param behindProxy Whether it may serve HTTP on an address that other machines reach, because only a reverse proxy does, which encrypts.
     * @param ssl Its own encryption.
     */
    record Console(
            boolean enabled,
            @Nullable Path config,
            @Nullable Integer port,
            @Nullable InetAddress address,
            @DefaultValue List<OperatorToken> tokens,
            @DefaultValue Proxy proxy,
            @DefaultValue List<String> hosts,
            @Nullable Integer requestsPerSecond,
            boolean behindProxy,
            @DefaultValue Ssl ssl) {

        /** Copies the lists. */
        Console {
            tokens = List.copyOf(tokens);
            hosts = List.copyOf(hosts);
        }
    }

    /**
     * Somebody who may use the console by a token. Its text does not show the hash.
     *
     * @param actor Who that is, as the control log is to name them.
     * @param role What they may do.
     * @param sha256 The SHA-256 of the token, 64 hexadecimal digits in lower case, as "modelgate token" prints it.
     */
    record OperatorToken(
            @Nullable String actor,
            @Nullable OperatorRole role,
            @Nullable String sha256) {
        @Override
        public String toString() {
            return "OperatorToken[actor=" + actor + ", role=" + role + "]";
        }
    }

    /**
     * Who may use the console because a reverse proxy says who asks.
     *
     * @param header The header in which it says so, for instance X-Forwarded-User. The proxy must remove it from what comes from outside.
     * @param users Whom it may name, with their roles; others are refused.
     */
    record Proxy(@Nullable String header, @DefaultValue Map<String, OperatorRole> users) {

        /** Copies the map. */
        Proxy {
            users = Map.copyOf(users);
        }
    }

    /** What an operator may do at the console; each may do what those before may. */
    enum OperatorRole {
        /** Sees everything, changes nothing. */
        VIEWER,
        /** Makes things safer: kills, pauses and aborts rollouts, rolls back. */
        OPERATOR,
        /** Lets traffic return or grow: revives, resumes, approves, promotes. */
        APPROVER,
        /** Releases kills of the whole fleet. */
        ADMIN
    }

    /**
     * The console's own encryption.
     *
     * @param bundle The SSL bundle of Spring Boot with its key. Default: HTTP, on the loopback address or behind a proxy alone.
     */
    record Ssl(@Nullable String bundle) {}

    /** Whether any of these was set. No comparison of records: the first one of each costs a start milliseconds. */
    private static boolean said(@Nullable Object... settings) {
        for (Object each : settings) {
            if (each != null) {
                return true;
            }
        }
        return false;
    }
}
