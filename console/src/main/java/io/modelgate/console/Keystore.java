package io.modelgate.console;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Collections;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** The keys for HTTPS in a file. */
final class Keystore {

    private static final int MOST_BYTES = 1 << 20;

    private Keystore() {}

    /**
     * Opens a keystore; the password is wiped.
     *
     * @param type such as PKCS12 or JKS
     * @throws IllegalArgumentException if it cannot be read or opened, or holds no key, with the fix
     */
    static SSLContext open(Path file, String type, char[] password) {
        try {
            KeyStore keys = KeyStore.getInstance(type);
            keys.load(new ByteArrayInputStream(bytes(file)), password);
            boolean has = false;
            for (String alias : Collections.list(keys.aliases())) {
                has |= keys.isKeyEntry(alias);
            }
            if (!has) {
                throw new IllegalArgumentException("the keystore " + file
                        + " holds certificates only: it needs the private key of this host's certificate");
            }
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(keys, password);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalArgumentException(
                    "the keystore " + file + " cannot be opened as " + type + ": " + e.getMessage()
                            + "; are its type and password right?",
                    e);
        } finally {
            Arrays.fill(password, '\0');
        }
    }

    /**
     * The password in a file: its only line.
     *
     * @throws IllegalArgumentException if it cannot be read, or holds no password
     */
    static String password(Path file) {
        String text;
        try {
            text = Utf8.text(bytes(file)).strip();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("the password file " + file + " is not UTF-8: save it as UTF-8", e);
        } catch (IOException e) {
            throw new IllegalArgumentException("the password file " + file + " cannot be read: " + e, e);
        }
        if (text.isEmpty() || text.lines().count() > 1) {
            throw new IllegalArgumentException("the password file " + file + ": expected one line, the password");
        }
        return text;
    }

    private static byte[] bytes(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException("it is larger than " + MOST_BYTES + " bytes");
        }
        return Files.readAllBytes(file);
    }
}
