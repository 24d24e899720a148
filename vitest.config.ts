import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/tools/sequence.js";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/tools/global-setup.ts"],
    // The newest SDK that Node.js 20 can use says so at every start.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    // What waits for something waits until it is there, on a busy machine too; this ends a test that waits for ever. No test
    // has a limit of its own: beside thirty others that work, whole commands have taken four minutes.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    maxWorkers: 2,
    // Files share a process and what it has loaded: the SDK and the drivers are read twice, and not 120 times. So a file
    // leaves nothing behind in its process; one that mocks a module gives it back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
  },
});
