package io.modelgate.testkit;

import io.modelgate.DecisionSink;
import io.modelgate.FileDecisionSink;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.io.TempDir;

class FileDecisionSinkKitTest extends DecisionSinkKit {

    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    @TempDir
    Path folder;

    @Override
    protected DecisionSink open() {
        return FileDecisionSink.in(folder);
    }

    @Override
    protected List<String> ids() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.sorted().toList();
        }
        List<String> ids = new ArrayList<>();
        for (Path file : files) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                for (String line : text.lines().toList()) {
                    Matcher id = ID.matcher(line);
                    ids.add(id.find() ? id.group(1) : line);
                }
            }
        }
        return ids;
    }
}
