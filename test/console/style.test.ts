import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync("src/console/assets/console.css", "utf8");
const [light = "", dark = ""] = [...css.matchAll(/:root \{([^}]*)\}/g)].map(([, block]) => block ?? "");

function colours(block: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(one: string, other: string): number {
  const [a = 0, b = 0] = [luminance(one), luminance(other)].toSorted((x, y) => y - x);
  return (a + 0.05) / (b + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const STATES = ["running", "retrying", "attention", "failing", "overdue", "due", "paused", "ok"];

describe.each([
  ["light", colours(light)],
  ["dark", colours(dark)],
])("the console's colours, %s", (_, named) => {
  it.each(["ink", "quiet", "link", ...STATES])("%s can be read on paper and on what is raised: AA", (name) => {
    for (const ground of ["paper", "raised"])
      expect(contrast(named[name] ?? "", named[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
  });

  it("has edges of fields that can be seen, and words on buttons that can be read", () => {
    expect(contrast(named.edge ?? "", named.paper ?? "")).toBeGreaterThanOrEqual(3);
    expect(contrast(named["on-link"] ?? "", named.link ?? "")).toBeGreaterThanOrEqual(4.5);
  });
});

it("moves nothing for whom movement is too much", () => {
  const still = css.replace(/@media \(prefers-reduced-motion: no-preference\) \{[\s\S]*?\n\}/, "");
  expect(still).not.toMatch(/animation:|transition:/);
});
