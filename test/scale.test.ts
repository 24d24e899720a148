import { describe, expect, it } from "vitest";
import { add, times } from "../scripts/costs/dollars.js";
import { BEGINNING, ROTATION, RUN } from "../scripts/costs/usage.js";
import { secondsFor, sharesOf } from "../scripts/scale/binding.js";
import { inSlots, writes } from "../scripts/scale/clock.js";
import { type Definition, definitionOf, eventsIn, wayThrough } from "../scripts/scale/machine.js";
import { QUOTAS } from "../scripts/scale/quotas.js";
import { type Scene, simulate } from "../scripts/scale/simulate.js";
import { MOST_ITEMS } from "../src/fleet/page.js";

const SCENE: Scene = { secrets: 2, nameLength: 40, concurrency: 10, writesASecond: 40 };

describe("a simulated run", () => {
  // What the embedded cloud counts: test/fleet/usage.test.ts.
  it("uses what one is known to use", async () => {
    const { usage } = await simulate(SCENE);
    // Of two items a batch, half a unit each.
    expect(usage).toEqual(add(times(ROTATION, 2), add(RUN, BEGINNING)));
  });

  it.each([
    [1, 1, 1],
    [500, 1, 1],
    [501, 2, 2],
    [2_000, 4, 4],
  ])("of %i secrets has %i waves in %i executions", async (secrets, waves, executions) => {
    expect(await simulate({ ...SCENE, secrets })).toMatchObject({ rotated: secrets, waves, executions });
  });

  it.each([
    [1, 1, 1],
    [11, 2, 1],
    [511, 3, 1],
    [512, 4, 2],
  ])("that is judged, of %i secrets, has %i waves in %i executions", async (secrets, waves, executions) => {
    const run = await simulate({ ...SCENE, secrets, toleratedFailurePercent: 5 });
    expect(run).toMatchObject({ rotated: secrets, waves, executions });
  });

  it.each([
    ["short names", { nameLength: 8 }],
    ["the longest names", { nameLength: 512 }],
    ["waves", { toleratedFailurePercent: 5 }],
  ])("stays within a history and a state: %s", async (_, more) => {
    const { history, stateBytes } = await simulate({ ...SCENE, secrets: 3 * MOST_ITEMS, ...more });
    expect(history.worst).toBeLessThanOrEqual(QUOTAS.history.limit);
    expect(history.good).toBeLessThan(history.worst);
    expect(stateBytes).toBeLessThanOrEqual(QUOTAS.stateBytes.limit);
    // Which is no matter of course.
    expect(Math.max(history.worst / QUOTAS.history.limit, stateBytes / QUOTAS.stateBytes.limit)).toBeGreaterThan(0.7);
  });

  it("takes as long as the writes that it may make, never more of them in a second", async () => {
    const free = await simulate({ ...SCENE, secrets: 400, concurrency: 40 });
    const braked = await simulate({ ...SCENE, secrets: 400, concurrency: 40, writesASecond: 4 });
    expect(braked.writesPerSecondMax).toBe(4);
    expect(braked.seconds).toBeGreaterThanOrEqual(200);
    expect(free.writesPerSecondMax).toBeGreaterThan(4);
    expect(free.seconds).toBeLessThan(100);
  });

  it("is as long as what holds it up", async () => {
    const run = await simulate({ ...SCENE, secrets: 1_000 });
    const [first, next] = secondsFor(run, 10);
    expect(first).toEqual({ what: "10 at once", amount: run.seconds });
    expect(next).toEqual({ what: "40 writes a second", amount: 50 });
    expect(sharesOf(run, QUOTAS.secrets.limit, 10)[0]).toEqual({ what: "secrets in a region", amount: 1 });
  });
});

describe("the clock", () => {
  it("puts a write into the first second that has room", () => {
    const brake = writes(2);
    expect([0.5, 0.1, 0.9, 0.2, 7].map(brake.at)).toEqual([0.5, 0.1, 1, 1, 7]);
    expect(brake.most()).toBe(2);
  });

  it("begins what waits when a place is free", () => {
    const lengths = [5, 1, 1, 1];
    const begun: number[] = [];
    const end = inSlots(10, 4, 2, (at) => {
      begun.push(at);
      return at + (lengths.shift() ?? 0);
    });
    expect({ begun, end }).toEqual({ begun: [10, 10, 11, 12], end: 15 });
    expect(inSlots(10, 0, 2, () => 0)).toBe(10);
  });
});

describe("a way through a machine", () => {
  const rotation = definitionOf("rotate-secret");

  // The same states, in the embedded cloud: test/rotation/states.test.ts.
  it("that is good enters eleven states", () => {
    const states = wayThrough(rotation, { Decide: "Create secret" });
    expect(states).toHaveLength(11);
    // Start and end aside: eight tasks, two choices, one end.
    expect(eventsIn(rotation, states)).toBe(8 * 5 + 2 * 2 + 2);
  });

  it("is refused where it leads nowhere, or where no choice does", () => {
    expect(() => wayThrough(rotation, { Decide: "Fleet ended" })).toThrow("No choice leads to Fleet ended");
    const loop: Definition = { StartAt: "a", States: { a: { Type: "Pass", Next: "a" } } };
    expect(() => wayThrough(loop, {})).toThrow("does not go on at a");
  });

  it("has one event more where it waits for what it started", () => {
    const each = definitionOf("rotate-fleet").States["Rotate each"]?.ItemProcessor as Definition;
    expect(eventsIn(each, wayThrough(each, {}))).toBe(6);
  });
});
