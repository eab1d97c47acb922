package io.modelgate.testkit;

import io.modelgate.FeedbackIds;

class MemoryFeedbackIdsKitTest extends FeedbackIdsKit {

    @Override
    protected FeedbackIds open() {
        return FeedbackIds.inMemory(10_000);
    }

    @Override
    protected boolean shared() {
        return false;
    }
}
