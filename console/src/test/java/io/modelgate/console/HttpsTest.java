package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelgate.Gates;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console over HTTPS, with a key that is made here. */
class HttpsTest {

    private static final String PASSWORD = "not-a-secret";

    @TempDir
    private Path directory;

    private SSLContext context() throws Exception {
        Path file = directory.resolve("key.p12");
        TestKeys.make(file, PASSWORD);
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(keys, PASSWORD.toCharArray());
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(keys);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        return context;
    }

    @Test
    void theApiIsThereAndPlainHttpIsNot() throws Exception {
        SSLContext context = context();
        try (ServerRig rig = new ServerRig(Gates.open(g -> {}), c -> c.tls(context))) {
            assertThat(rig.uri().getScheme()).isEqualTo("https");
            HttpClient client = HttpClient.newBuilder().sslContext(context).build();
            for (int i = 0; i < 3; i++) { // on a connection that is kept, too
                assertThat(post(client, rig).statusCode()).isEqualTo(201);
            }
            try (Wire wire = new Wire(rig.uri())) {
                wire.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n");
                assertThat(answers(wire)).isFalse();
            }
        }
        Await.until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("modelgate-console")));
    }

    private static HttpResponse<String> post(HttpClient client, ServerRig rig) throws Exception {
        URI target = rig.uri().resolve("/api/v1/act");
        return client.send(
                HttpRequest.newBuilder(target)
                        .header("Authorization", "Bearer " + rig.token(Role.OPERATOR))
                        .header("Content-Type", "application/json")
                        .header(Site.OURS, "1")
                        .POST(HttpRequest.BodyPublishers.ofString("{\"reason\":\"over TLS\"}"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static boolean answers(Wire wire) {
        try {
            return wire.read().isPresent();
        } catch (IOException e) {
            return false; // an alert of TLS, which is no response of HTTP
        }
    }
}
