import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

it("docs/supply-chain.md names tests that are there", () => {
  const named = [...readFileSync("docs/supply-chain.md", "utf8").matchAll(/\(((?:supply-chain|commands)\/[\w-]+)\)/g)];
  expect(named.length).toBeGreaterThan(4);
  for (const [, test] of named) expect(existsSync(`test/${test}.test.ts`), test).toBe(true);
});
