import { it } from "vitest";
import { contract } from "./contract.js";
import { LIVE_TARGETS } from "./live-targets.js";

// Servers that nothing on a fresh machine can bring; `npm run test:engines` starts them where Docker answers.
for (const { engine, variable, target } of LIVE_TARGETS) {
  const url = process.env[variable];
  if (url) contract(await target(new URL(url)));
  else {
    console.error(`SKIPPED the contract of ${engine} on a server of its own: ${variable} is not set.`);
    it.skip(`${engine} on a server of its own (optional: ${variable} is not set)`, () => undefined);
  }
}
