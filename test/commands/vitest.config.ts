import { defineConfig, mergeConfig } from "vitest/config";
import { ALL } from "../../vitest.config.js";

/** Whole commands, each a process with all that it loads: `npm run test:commands`. */
export default mergeConfig(ALL, defineConfig({ test: { include: ["test/commands/**/*.test.ts"] } }));
