#!/usr/bin/env node
// The command, from a checkout: installs what is missing, and runs the TypeScript as it stands.
import "../scripts/setup.mjs";

const { register } = await import("tsx/esm/api");
register();
await import("../src/cli/main.ts");
