package io.modelgate.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that share a file see each other by the small files they keep beside it. */
@Timeout(60)
class InstanceFilesTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Head HEAD = new Head(7, "a".repeat(64));

    @TempDir
    Path directory;

    private Path log() {
        return directory.resolve("modelgate.log");
    }

    private Path beside() {
        return directory.resolve("modelgate.log.instances");
    }

    private Path said(String name, Duration ago) throws IOException {
        Files.createDirectories(beside());
        Path file = beside().resolve(name);
        Files.write(file, HeadFile.line(HEAD));
        Files.setLastModifiedTime(file, FileTime.from(NOW.minus(ago)));
        return file;
    }

    private List<Instance> read(boolean writable) throws IOException {
        return new InstanceFiles(LogFiles.at(log()), InstantSource.fixed(NOW)).read(writable);
    }

    private static List<Instance> await(ControlLog log, int count) {
        List<Instance> instances = log.instances();
        while (instances.size() != count) {
            Thread.onSpinWait();
            instances = log.instances();
        }
        return instances;
    }

    @Test
    void eachInstanceThatAppliedSomethingIsSeenByAllUntilItCloses() {
        try (FileControlLog one = FileControlLog.open(log());
                FileControlLog looking = FileControlLog.view(log())) {
            assertThat(one.instances()).as("it serves nothing yet").isEmpty();
            Entry entry = one.append(Decisions.kills("k")).get(0);
            Head head = new Head(entry.seq(), entry.hash());
            one.applied(head);
            while (!await(looking, 1).get(0).live()) { // where the machine stood still for seconds
                Thread.onSpinWait();
            }
            assertThat(await(looking, 1)).singleElement().satisfies(instance -> {
                assertThat(instance.applied()).isEqualTo(head);
            });
            try (FileControlLog two = FileControlLog.open(log())) {
                two.applied(Head.EMPTY);
                assertThat(await(one, 2)).extracting(Instance::name).doesNotHaveDuplicates();
                looking.applied(head);
            }
            await(one, 1);
        }
        assertThat(beside()).as("the last one leaves nothing behind").doesNotExist();
    }

    @Test
    void whatIsAppliedIsSaidSoonAndNotOnlyWithTheNextBeat() {
        try (FileControlLog log = FileControlLog.open(log())) {
            for (Entry entry : log.append(Decisions.kills("a", "b", "c"))) {
                Head head = new Head(entry.seq(), entry.hash());
                log.applied(head);
                while (log.instances().isEmpty()
                        || !log.instances().get(0).applied().equals(head)) {
                    Thread.onSpinWait();
                }
            }
        }
    }

    @Test
    void whoIsSilentForThreeSecondsIsNotLive() throws IOException {
        said("1-00000001", Duration.ofSeconds(3));
        said("2-00000002", Duration.ofMillis(3_001));
        said("3-00000003", Duration.ofSeconds(-5)); // another clock

        assertThat(read(false))
                .containsExactly(
                        new Instance("1-00000001", HEAD, Duration.ofSeconds(3), true),
                        new Instance("2-00000002", HEAD, Duration.ofMillis(3_001), false),
                        new Instance("3-00000003", HEAD, Duration.ZERO, true));
    }

    @Test
    void whoIsSilentForAnHourIsForgottenByThoseWhoMayWrite() throws IOException {
        Path old = said("1-00000001", Duration.ofMinutes(61));
        Path left = said("2-00000002.tmp", Duration.ofMinutes(61));

        assertThat(read(false)).isEmpty();
        assertThat(old).exists();
        assertThat(read(true)).isEmpty();
        assertThat(old).doesNotExist();
        assertThat(left).doesNotExist();
    }

    @Test
    void whatIsNoInstanceIsPassedOver() throws IOException {
        said("README", Duration.ZERO);
        said("1-00000001.tmp", Duration.ZERO);
        Files.writeString(beside().resolve("2-00000002"), "{\"v\":1,\"seq\":-1}");
        Files.writeString(beside().resolve("3-00000003"), "");

        assertThat(read(false)).isEmpty();
    }

    @Test
    void aDiskThatFailsThereHurtsNobody() throws IOException {
        Files.writeString(beside(), "not a directory");
        try (FileControlLog log = FileControlLog.open(log())) {
            log.applied(HEAD);
            Entry entry = log.append(Decisions.kills("k")).get(0);
            log.applied(new Head(entry.seq(), entry.hash()));
            assertThat(log.read(0, 10)).hasSize(1);
        }
        assertThat(beside()).hasContent("not a directory");
    }
}
