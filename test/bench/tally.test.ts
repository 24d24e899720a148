import { expect, it } from "vitest";
import { atOnce } from "../../bench/fleet/at-once.js";
import { mostInASecond } from "../../bench/fleet/tally.js";

it.each([
  ["nothing", [], 0],
  ["one", [5], 1],
  ["a second and no more", [0, 500, 999, 1_000], 3],
  ["wherever it begins", [0, 900, 950, 1_000, 1_899, 3_000], 4],
])("the most in a second, of %s", (_, times, most) => expect(mostInASecond(times)).toBe(most));

it("does so many at once, and no more, and keeps their order", async () => {
  let [under, most] = [0, 0];
  const results = await atOnce([3, 1, 2, 0, 1], 2, async (turns, index) => {
    under += 1;
    most = Math.max(most, under);
    for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
    under -= 1;
    return `${index}: ${turns}`;
  });
  expect(results).toEqual(["0: 3", "1: 1", "2: 2", "3: 0", "4: 1"]);
  expect(most).toBe(2);
});

it("stops at the first that fails", async () => {
  const seen: number[] = [];
  const failing = atOnce([1, 2, 3, 4], 1, async (item) => {
    seen.push(item);
    if (item === 2) throw new Error("no more");
  });
  await expect(failing).rejects.toThrow("no more");
  expect(seen).toEqual([1, 2]);
});
