import { defineConfig, mergeConfig } from "vitest/config";
import { LongestFirst } from "./test/tools/sequence.js";

/** What every test is run with. */
export const ALL = defineConfig({
  test: {
    globalSetup: ["test/tools/global-setup.ts"],
    // The newest SDK that Node.js 20 can use says so at every start.
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    // What was found is shown whole: what fails on a busy machine once a day cannot be looked at again.
    chaiConfig: { truncateThreshold: 2_000 },
    // What waits for something waits until it is there, on a busy machine too; this ends a test that waits for ever. No test
    // has a limit of its own: beside thirty others that work, whole commands have taken four minutes.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // Files share a process and what it has loaded: the SDK and the drivers are read twice, and not 120 times. So a file
    // leaves nothing behind in its process; one that mocks a module gives it back.
    isolate: false,
    // What is young is looked through less often, which was a twentieth of the time.
    execArgv: ["--max-semi-space-size=64"],
  },
});

export default mergeConfig(
  ALL,
  defineConfig({
    test: {
      include: ["test/**/*.test.ts"],
      exclude: ["test/commands/**"],
      // One more than there are processors where there are few: some tests wait for a server's patience.
      maxWorkers: 3,
      sequence: { sequencer: LongestFirst },
    },
  }),
);
