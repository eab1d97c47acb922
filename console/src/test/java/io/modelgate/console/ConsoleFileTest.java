package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A console's configuration is read as it is, or refused with the line of every mistake. */
class ConsoleFileTest {

    private static final Token TOKEN = Token.generate();

    @TempDir
    Path directory;

    private Path file(String text) throws IOException {
        Path file = Files.writeString(directory.resolve("console.yaml"), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        return file;
    }

    private static ConsoleBuilder read(Path file) {
        return new ConsoleBuilder().file(file);
    }

    private static void refused(Path file, String... says) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(List.of(says))
                        .allSatisfy(each -> assertThat(e.getMessage()).contains(each)));
    }

    @Test
    void whatItSaysIsWhatTheConsoleDoes() throws IOException {
        ConsoleBuilder config = read(file("""
                listen: 127.0.0.1:7799
                hosts: [ops.example.com]
                requests-per-second: 20
                tokens:
                  - {actor: alice, role: operator, sha256: %s}
                proxy:
                  header: X-Forwarded-User
                  users: {bob: approver}
                """.formatted(TOKEN.hash())));

        assertThat(config.listenOn().getPort()).isEqualTo(7799);
        assertThat(config.requestsPerSecond).isEqualTo(20);
        Access access = config.access();
        assertThat(access.tokens().get(TOKEN.hash()).actor().name()).isEqualTo("alice");
        assertThat(access.tokens().get(TOKEN.hash()).role()).isEqualTo(Role.OPERATOR);
        assertThat(access.header()).isEqualTo("X-Forwarded-User");
        assertThat(access.named()).isEqualTo(Map.of("bob", Role.APPROVER));
    }

    @Test
    void theLineThatTheCommandPrintsIsALineOfTheFile() throws IOException {
        CommandRun made = CommandRun.of(Map.of(), "token", "--actor", "Dr. Ann \"A\" Lee: ops", "--role", "admin");
        String line = made.out()
                .lines()
                .filter(each -> each.contains("- {actor"))
                .findFirst()
                .orElseThrow();

        Access access = read(file("tokens:\n" + line + "\n")).access();

        String text = made.out().lines().findFirst().orElseThrow().replace("token   ", "");
        assertThat(access.tokens().get(Token.hash(text)).actor().name()).isEqualTo("Dr. Ann \"A\" Lee: ops");
        assertThat(access.tokens().get(Token.hash(text)).role()).isEqualTo(Role.ADMIN);
    }

    @Test
    void theExampleOfTheHelpIsAConfiguration() throws IOException {
        String help = CommandRun.of(Map.of(), "console", "--help").out();
        String example = help.substring(help.indexOf("may be left out:\n") + "may be left out:\n".length())
                .replaceAll("sha256: [^}]*", "sha256: " + TOKEN.hash())
                .replaceAll("(?m)^  tls: .*$", "");

        ConsoleBuilder config = read(file(example));

        assertThat(config.requestsPerSecond).isEqualTo(300);
        assertThat(config.access().tokens()).containsKey(TOKEN.hash());
        assertThat(config.access().named()).isEqualTo(Map.of("bob", Role.APPROVER));
        assertThat(ConsoleFile.KEYS).allSatisfy(key -> assertThat(help).contains("\n  " + key + ":"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            listen: 7710                                     | :1: listen is "7710": expected an address and a port
            listen: 127.0.0.1:99999                          | :1: listen is
            lisen: 127.0.0.1:1                               | :1: key "lisen" of the file is unknown
            tokens: alice                                    | :1: tokens is "alice": expected a list
            tokens: [alice]                                  | :1: a token is "alice": expected keys
            tokens: [{actor: a, role: operator}]             | :1: sha256 of a token is missing
            tokens: [{actor: a, role: root, sha256: x}]      | :1: role of a token is "root": expected one of [viewer
            tokens: [{actor: a, role: viewer, sha256: x}]    | :1: the hash of a's token
            proxy: {header: Authorization, users: {b: admin}} | :1: the proxy's header is "Authorization"
            proxy: {header: X-User}                          | :1: users of proxy is missing
            proxy: {users: {b: admin}}                       | :1: header of proxy is missing
            proxy: {header: X-User, users: {b: king}}        | :1: role of the user "b" is "king"
            {}                                               | :1: nobody may use the console
            'a: b: c'                                        | :1: is no YAML
            behind-proxy: maybe                              | :1: behind-proxy is "maybe"
            hosts: ['a b']                                   | :1: the host is "a b"
            hosts: a                                         | :1: hosts is "a": expected a list
            requests-per-second: 0                           | :1: requests-per-second is "0": expected 1 to 100000
            requests-per-second: 100001                      | :1: requests-per-second is "100001"
            tls: {keystore: k.p12}                           | :1: tls needs one of password-file
            tls: {keystore: k, password-file: a, password-env: B} | :1: tls needs one of password-file
            tls: {keystore: k, password: secret}             | :1: key "password" of tls is unknown
            tls: {password-env: PATH}                        | :1: keystore of tls is missing
            tls: {keystore: k, password-env: NO_SUCH_NAME_1} | :1: password-env of tls is "NO_SUCH_NAME_1"
            tls: {keystore: none.p12, password-env: PATH}    | :1: tls: the keystore
            [a]                                              | :1: the file is a list
            """)
    void aMistakeHasItsLineAndAFix(String text, String says) throws IOException {
        refused(file(text), "console.yaml" + says);
    }

    private static String tokens() {
        return "tokens:\n- {actor: a, role: viewer, sha256: " + TOKEN.hash() + "}\n";
    }

    @Test
    void theKeysForHttpsAreInAFileAndTheirPasswordIsElsewhere() throws Exception {
        TestKeys.make(directory.resolve("key.p12"), "not-a-secret");
        Files.writeString(directory.resolve("password"), "not-a-secret\n");
        String listen = tokens() + "listen: 0.0.0.0:7799\n";
        Path inFile = file(listen + "tls: {keystore: key.p12, type: PKCS12, password-file: password}\n");
        ConsoleBuilder config = new ConsoleBuilder();
        ConsoleFile.readAlone(inFile, config, name -> null, null);
        assertThat(config.tls).isNotNull();
        config.listenOn();

        Path inEnv = file(listen + "tls: {keystore: key.p12, password-env: KEYS}\n");
        config = new ConsoleBuilder();
        ConsoleFile.readAlone(inEnv, config, Map.of("KEYS", "not-a-secret")::get, null);
        assertThat(config.tls).isNotNull();

        assertThatThrownBy(
                        () -> ConsoleFile.readAlone(inEnv, new ConsoleBuilder(), Map.of("KEYS", "another")::get, null))
                .hasMessageContaining(":4: tls: the keystore " + directory.resolve("key.p12"))
                .hasMessageContaining("are its type and password right?")
                .hasMessageNotContaining("another");
        refused(
                file(listen + "tls: {keystore: none.p12, password-file: none}\n"),
                ":4: tls: the password file " + directory.resolve("none") + " cannot be read");
    }

    @Test
    void whatIsMissingIsSaidInTheWordsOfTheFile() throws IOException {
        Path file = file(tokens() + "listen: 0.0.0.0:7799\n");
        assertThatThrownBy(() -> ConsoleFile.readAlone(file, new ConsoleBuilder(), name -> null, null))
                .hasMessageContaining("say tls, or behind-proxy: true")
                .hasMessageNotContaining("(");
        ConsoleFile.readAlone(
                file(tokens() + "listen: 0.0.0.0:7799\nbehind-proxy: true\n"),
                new ConsoleBuilder(),
                name -> null,
                null);
    }

    @Test
    void whereToListenIsSaidOnce() throws IOException {
        Path file = file(tokens() + "listen: 127.0.0.1:7799\n");
        Path log = directory.resolve("modelgate.log");
        CommandRun.declareGates(log);

        CommandRun run =
                CommandRun.of(Map.of(), "console", "--config", file.toString(), "--port", "0", "--log", log.toString());

        assertThat(run.code()).as("%s", run).isEqualTo(Command.USAGE);
        assertThat(run.err()).contains("--port is 0, and " + file + " says where to listen");
    }

    @Test
    void allMistakesAreInOneMessage() throws IOException {
        refused(
                file("listen: here\ntokens:\n  - {actor: a, role: x, sha256: y}\n  - {actor: b}\nfoo: 1\n"),
                ":1: listen",
                ":3: role of a token",
                ":4: role of a token is missing",
                ":4: sha256",
                ":5: key \"foo\"");
    }

    @Test
    void aKeyThatStandsTwiceIsRefused() throws IOException {
        refused(file("tokens: []\ntokens: []\n"), ":2: ");
    }

    @Test
    void aFileThatOthersMayWriteIsRefused() throws IOException {
        Path file = file("tokens:\n- {actor: a, role: viewer, sha256: " + TOKEN.hash() + "}\n");
        read(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        refused(file, "may be written by others", "chmod go-w " + file);
    }

    @Test
    void whatIsNoSuchFileIsRefused() throws IOException {
        refused(directory.resolve("none.yaml"), "none.yaml is no file");
        refused(directory, "is no file");
        refused(
                Files.write(directory.resolve("latin"), "actor: \u00e4".getBytes(StandardCharsets.ISO_8859_1)),
                "UTF-8");
        refused(file(""), ":1: is empty");
        refused(file("a: &a [b]\nlisten: *a\n"), "console.yaml");
        refused(file("[".repeat(20_000)), "console.yaml");
    }
}
