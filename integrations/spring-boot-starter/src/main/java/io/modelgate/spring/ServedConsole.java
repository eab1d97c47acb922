package io.modelgate.spring;

import io.modelgate.Gates;
import io.modelgate.console.Console;
import io.modelgate.console.ConsoleBuilder;
import io.modelgate.console.Role;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** Serves the console as the properties say: apart, because its classes may be missing. */
final class ServedConsole {

    private static final String AT = "modelgate.console.";

    private ServedConsole() {}

    /**
     * Starts it.
     *
     * @param more what of the application it shows besides its gates
     *
     * @throws PropertyMistakes.Refusal if a property is missing or refused; it quotes no hash
     * @throws StartException if it cannot listen there
     */
    static Console start(
            ModelGateProperties.Console settings,
            Gates gates,
            Consumer<ConsoleBuilder> more,
            @Nullable SSLContext tls) {
        PropertyMistakes mistakes = new PropertyMistakes();
        if (settings.config() == null) {
            requireSomebody(settings, mistakes);
            requireEncryption(settings, tls, mistakes);
        } else {
            requireNothingBeside(settings, mistakes);
        }
        mistakes.refuse();
        try {
            return Console.start(gates, console -> {
                configure(console, settings, tls);
                more.accept(console);
            });
        } catch (PropertyMistakes.Refusal e) {
            throw e;
        } catch (IllegalArgumentException e) { // what the file says does not go together
            throw PropertyMistakes.refusal(
                    settings.config() == null ? "modelgate.console" : AT + "config", String.valueOf(e.getMessage()), e);
        } catch (UncheckedIOException e) {
            throw new StartException(
                    String.valueOf(e.getMessage()),
                    "Free the port, or set modelgate.console.port and modelgate.console.address to others.",
                    e);
        }
    }

    private static void requireSomebody(ModelGateProperties.Console settings, PropertyMistakes mistakes) {
        ModelGateProperties.Proxy proxy = settings.proxy();
        if (settings.tokens().isEmpty() && proxy.users().isEmpty()) {
            mistakes.add(
                    AT + "tokens",
                    "nobody may use the console: give each operator a token, with actor, role and the sha256 that"
                            + " `modelgate token` prints, or say proxy.header and proxy.users");
        }
        mistakes.requireOnly(
                AT + "proxy.header",
                proxy.header(),
                !proxy.users().isEmpty(),
                "is missing, and modelgate.console.proxy.users are given: say in which header the proxy names them, for instance"
                        + " X-Forwarded-User",
                "names a header, and modelgate.console.proxy.users is empty: say whom it may name, with their roles, or remove it");
        for (int i = 0; i < settings.tokens().size(); i++) {
            ModelGateProperties.OperatorToken token = settings.tokens().get(i);
            String at = AT + "tokens[" + i + "].";
            mistakes.requireOnly(
                    at + "actor", token.actor(), true, "is missing: say whose token it is, for the control log", "");
            mistakes.requireOnly(
                    at + "role", token.role(), true, "is missing: expected viewer, operator, approver or admin", "");
            mistakes.requireOnly(
                    at + "sha256",
                    token.sha256(),
                    true,
                    "is missing: expected the hash that `modelgate token` prints beside the token",
                    "");
        }
    }

    /** What a file says is not said twice. */
    private static void requireNothingBeside(ModelGateProperties.Console settings, PropertyMistakes mistakes) {
        String text = "is set, and so is modelgate.console.config, which says it; remove one of them";
        mistakes.requireOnly(AT + "port", settings.port(), false, "", text);
        mistakes.requireOnly(AT + "address", settings.address(), false, "", text);
        mistakes.requireOnly(AT + "proxy.header", settings.proxy().header(), false, "", text);
        if (!settings.tokens().isEmpty()) {
            mistakes.add(AT + "tokens", text);
        }
        if (!settings.proxy().users().isEmpty()) {
            mistakes.add(AT + "proxy.users", text);
        }
    }

    private static void requireEncryption(
            ModelGateProperties.Console settings, @Nullable SSLContext tls, PropertyMistakes mistakes) {
        InetAddress address = settings.address();
        if (address != null && !address.isLoopbackAddress() && tls == null && !settings.behindProxy()) {
            mistakes.add(
                    AT + "address",
                    "other machines reach it, and tokens would go there unencrypted: set modelgate.console.ssl.bundle, or"
                            + " modelgate.console.behind-proxy if only a reverse proxy reaches it, which encrypts");
        }
    }

    private static void configure(
            ConsoleBuilder console, ModelGateProperties.Console settings, @Nullable SSLContext tls) {
        PropertyMistakes mistakes = new PropertyMistakes();
        mistakes.set(AT + "config", settings.config(), console::file);
        int port = settings.port() == null ? ConsoleBuilder.DEFAULT_PORT : settings.port();
        mistakes.set(AT + "port", settings.port(), console::port);
        mistakes.refuse(); // an address has a port of its own
        mistakes.set(
                AT + "address", settings.address(), address -> console.address(new InetSocketAddress(address, port)));
        mistakes.set(AT + "requests-per-second", settings.requestsPerSecond(), console::requestsPerSecond);
        for (int i = 0; i < settings.hosts().size(); i++) {
            mistakes.set(AT + "hosts[" + i + "]", settings.hosts().get(i), console::host);
        }
        if (tls != null) {
            console.tls(tls);
        }
        if (settings.behindProxy()) {
            console.behindProxy();
        }
        List<ModelGateProperties.OperatorToken> tokens = settings.tokens();
        for (int i = 0; i < tokens.size(); i++) {
            ModelGateProperties.OperatorToken token = tokens.get(i);
            mistakes.set(AT + "tokens[" + i + "]", token, each -> add(console, each));
        }
        mistakes.set(AT + "proxy", settings.proxy().header(), header -> console.proxyHeader(header, roles(settings)));
        mistakes.refuse();
    }

    private static void add(ConsoleBuilder console, ModelGateProperties.OperatorToken token) {
        String actor = token.actor();
        ModelGateProperties.OperatorRole role = token.role();
        String hash = token.sha256();
        if (actor != null && role != null && hash != null) { // what is missing has been refused before
            console.token(actor, of(role), hash);
        }
    }

    private static Map<String, Role> roles(ModelGateProperties.Console settings) {
        Map<String, Role> roles = new HashMap<>();
        settings.proxy().users().forEach((user, role) -> roles.put(user, of(role)));
        return roles;
    }

    private static Role of(ModelGateProperties.OperatorRole role) {
        return switch (role) {
            case VIEWER -> Role.VIEWER;
            case OPERATOR -> Role.OPERATOR;
            case APPROVER -> Role.APPROVER;
            case ADMIN -> Role.ADMIN;
        };
    }
}
