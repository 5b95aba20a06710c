package dev.qwen2api.fakeqwen;

/** What the endpoints are made of. */
record Parts(
        FakeQwenOptions options,
        String baseUrl,
        FakeAccounts accounts,
        FakeOauth oauth,
        FakeModels models,
        Chats chats,
        Uploads uploads,
        VideoTasks tasks,
        Script script,
        FaultPlan faults,
        Recorder recorder) {}
