package io.modelgate.testkit;

import io.modelgate.FeedbackIds;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class FileFeedbackIdsKitTest extends FeedbackIdsKit {

    @TempDir
    Path directory;

    @Override
    protected FeedbackIds open() {
        return FeedbackIds.inFile(directory.resolve("feedback.ids"));
    }

    @Override
    protected boolean shared() {
        return true;
    }
}
