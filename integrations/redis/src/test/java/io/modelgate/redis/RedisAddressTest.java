package io.modelgate.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.lettuce.core.RedisCredentialsProvider.ImmediateRedisCredentialsProvider;
import io.lettuce.core.RedisURI;
import io.modelgate.testkit.RedisServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    @ParameterizedTest
    @CsvSource({
        "redis://h, redis://h:6379",
        "REDIS://h:7000/3, redis://h:7000/3",
        "rediss://u:p@h.example, rediss://h.example:6379",
        "'redis://:p%40w@[::1]:7000', 'redis://[::1]:7000'",
        "'redis-sentinel://u:p@h1,h2:26380/2#main', 'redis-sentinel://h1:26379,h2:26380/2#main'",
        "'rediss-cluster://u:p@h1,h2:7001', 'rediss-cluster://h1:6379,h2:7001'",
    })
    void itShowsTheHostsAndNobody(String uri, String shown) {
        assertThat(RedisAddress.parse(uri)).hasToString(shown);
        assertThat(RedisAddress.parse(shown)).as("what is shown means the same").hasToString(shown);
    }

    @Test
    void userAndPasswordAreDecoded() {
        RedisURI uri = RedisAddress.parse("redis://al%C3%AFce:p%40%2F%3A%25w@h:1")
                .uris(SECOND)
                .get(0);
        var credentials = uri.getCredentialsProvider().resolveCredentials().block();
        assertThat(credentials).isNotNull();
        assertThat(credentials.getUsername()).isEqualTo("alïce");
        assertThat(new String(credentials.getPassword())).isEqualTo("p@/:%w");
    }

    /** The client goes on with others on another thread, and may say that a connection is made before it takes commands. */
    @Test
    void credentialsAreAtHand() {
        RedisAddress address = RedisAddress.parse("redis-sentinel://bob:secret@h#m");
        for (RedisURI uri : List.of(
                address.uris(SECOND).get(0),
                address.login(null, "other").uris(SECOND).get(0),
                address.sentinelLogin(null, "third")
                        .uris(SECOND)
                        .get(0)
                        .getSentinels()
                        .get(0))) {
            assertThat(uri.getCredentialsProvider()).isInstanceOf(ImmediateRedisCredentialsProvider.class);
        }
    }

    @Test
    void thePeerIsVerifiedAlways() {
        for (String uri : List.of("rediss://h", "rediss-cluster://h", "rediss-sentinel://h#m")) {
            RedisURI first = RedisAddress.parse(uri).uris(SECOND).get(0);
            assertThat(first.isSsl() && first.isVerifyPeer()).as(uri).isTrue();
            assertThat(first.getSentinels()).allMatch(each -> each.isSsl() && each.isVerifyPeer());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h | begins with none",
                "redis:/h | begins with none",
                "redis:// | host number 1 is missing",
                "redis://h,i | several hosts",
                "redis://h:0 | port of host number 1",
                "redis://h:x | port of host number 1",
                "redis://h/x | database",
                "redis://h#m | master's name",
                "redis://h?timeout=1s | options after",
                "redis-sentinel://h | which master",
                "redis-cluster://h/1 | only number 0",
                "redis://@h | no password",
                "redis://u:p%zz@h | hexadecimal",
                "redis://u:p%ff@h | UTF-8",
                "redis://u:p/w@h | means something else",
                "redis://[::1 | no host name has",
            })
    void aMistakeIsNamed(String uri, String expected) {
        assertThatThrownBy(() -> RedisAddress.parse(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "redis://bob:XX@h:99999",
                "redis://bob:XX@",
                "redis://bob:XX@h,",
                "redis:/bob:XX@h",
                "bob:XX@h",
                "redis:bob:XX@h",
                "http://bob:XX@h",
                "redis://bob:XX",
                "redis://bob:XX/h",
                "redis://bob:XX@h:6379?password=XX",
                "redis-sentinel://bob:XX@h",
                "redis-cluster://bob:XX@h/5",
                "redis://bob:XX%@h",
                "redis://bob:%fe%ffXX@h",
                "redis://bob:XX#@h",
                "redis://bob: XX@h",
                "redis://h/XX",
                "redis://[XX]",
                "redis://h#XX",
            })
    void noErrorHoldsWhatMayBeAPassword(String pattern) {
        for (String password : List.of("hunter2secret", "p%40ssw0rd", "geheim%2Fwort", "%F0%9F%94%91key")) {
            Throwable failure = catchThrowable(() -> RedisAddress.parse(pattern.replace("XX", password)));
            assertThat(failure).as(pattern).isInstanceOf(IllegalArgumentException.class);
            assertHidden(trace(failure), password);
        }
    }

    @Test
    void nothingThatFailsLaterHoldsIt() throws Exception {
        int closed = RedisServer.create().port(); // of one that is never started
        for (String password : List.of("hunter2secret", "p%40ss%3Aw0rd%25", "geheim%2Fwort")) {
            for (String uri : List.of(
                    "redis://bob:PW@127.0.0.1:" + closed,
                    "rediss://bob:PW@127.0.0.1:" + closed,
                    "redis://bob:PW@no-such-host.invalid",
                    "redis-sentinel://bob:PW@127.0.0.1:" + closed + "#main",
                    "redis-cluster://bob:PW@127.0.0.1:" + closed)) {
                RedisAddress address = RedisAddress.parse(uri.replace("PW", password));
                StringWriter all = new StringWriter();
                try (RedisLink link = RedisLink.open(address, Duration.ofMillis(300))) {
                    assertThat(link.awaitConnected(Duration.ofMillis(300))).isFalse();
                    all.append(link.problem()).append(address.toString());
                    all.append(trace(catchThrowable(() -> link.call(redis -> redis.get(new byte[1])))));
                    all.append(trace(catchThrowable(() -> Reading.after(link, new byte[1], 0, SECOND))));
                }
                assertThat(all.toString()).contains("ControlLogException");
                assertHidden(all.toString(), password);
            }
        }
    }

    @Test
    void aServerThatRepeatsThePasswordIsNotRepeated() {
        RedisAddress address = RedisAddress.parse("redis://bob:p%40ss@h");
        Failures failures = new Failures(address);
        var said = new io.lettuce.core.RedisCommandExecutionException("ERR you said p@ss");
        said.addSuppressed(new IllegalStateException("p@ss"));
        assertHidden(trace(failures.asked(new IllegalStateException("AUTH p@ss", said), null)), "p%40ss");
        assertHidden(trace(failures.asked(new IllegalStateException("AUTH p@ss"), null)), "p%40ss");
    }

    private static void assertHidden(String text, String password) {
        String plain = java.net.URLDecoder.decode(password, StandardCharsets.UTF_8);
        List<String> parts = new ArrayList<>(List.of(password, plain));
        assertThat(parts).noneMatch(text::contains);
        assertThat(text).doesNotContain("bob");
    }

    private static String trace(Throwable failure) {
        StringWriter out = new StringWriter();
        failure.printStackTrace(new PrintWriter(out, true));
        return out.toString();
    }
}
