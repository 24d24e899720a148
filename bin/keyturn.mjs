#!/usr/bin/env node
// The command, from a checkout: TypeScript as it stands.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const checkout = fileURLToPath(new URL("..", import.meta.url));
if (existsSync(`${checkout}/node_modules/tsx`)) {
  const { register } = await import("tsx/esm/api");
  register();
  await import("../src/cli/main.ts");
} else {
  console.error(`Nothing is installed yet. Run: npm ci --prefix ${checkout}`);
  process.exitCode = 1;
}
