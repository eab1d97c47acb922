package io.modelgate.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tokens are long, different, and shown to nobody twice. */
class TokenTest {

    @Test
    void eachIsAnotherAndHasTheForm() {
        Set<String> texts = new HashSet<>();
        Set<String> hashes = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            Token token = Token.generate();
            assertThat(token.text()).matches("mg_[A-Za-z0-9_-]{43}");
            assertThat(token.hash()).matches("[0-9a-f]{64}").isEqualTo(Token.hash(token.text()));
            texts.add(token.text());
            hashes.add(token.hash());
        }

        assertThat(texts).hasSize(1_000);
        assertThat(hashes).hasSize(1_000);
    }

    @Test
    void theHashIsSha256OfTheText() {
        assertThat(Token.hash("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-2, B.1
    }

    @Test
    void theWordsForItDoNotHoldIt() {
        Token token = Token.generate();

        assertThat(token.toString()).doesNotContain(token.text()).doesNotContain(token.hash());
    }

    @Test
    void aTextIsShownWithoutTheTokensInIt() {
        Token token = Token.generate();

        assertThat(Token.hide("gate \"" + token.text() + "\" is unknown")).isEqualTo("gate \"mg_…\" is unknown");
        assertThat(Token.hide("prefix" + token.text() + "suffix"))
                .doesNotContain(token.text().substring(3, 20));
        assertThat(Token.hide("mg_short stays")).isEqualTo("mg_short stays");
    }
}
