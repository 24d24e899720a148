import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { scalePage } from "../../scripts/scale/page.js";

it("the page has what the simulation comes to; npm run scale writes it", async () => {
  const text = readFileSync("docs/scale.md", "utf8");
  expect(await scalePage(text)).toBe(text);
});
