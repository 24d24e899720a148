import { describe, expect, it } from "vitest";
import { comesAgain, FIRST_LAP, type Lap, nextLap, rememberFailed } from "../../src/fleet/laps.js";
import type { Fleet, FleetPage, FleetResult } from "../../src/fleet/page.js";
import { sumUp } from "../../src/fleet/sum-up.js";

describe("a lap", () => {
  it("follows where anything waits", () => {
    expect(nextLap(FIRST_LAP)).toBeUndefined();
    expect(nextLap({ ...FIRST_LAP, waiting: { ServerBusy: 3 }, rotated: 10 })).toEqual({
      lap: { ...FIRST_LAP, number: 1 },
      seconds: 0,
    });
  });

  it("follows at longer and longer intervals where nothing gets done, and then no more", () => {
    const seconds: number[] = [];
    for (let lap: Lap | undefined = FIRST_LAP; lap; ) {
      const next = nextLap({ ...lap, waiting: { ServerSilent: 5 } });
      if (next) seconds.push(next.seconds);
      lap = next?.lap;
    }
    expect(seconds).toEqual([15, 30, 60, 120, 240, 300, 300, 300]);
  });

  it("of what is kept apart follows when the next may begin, and at once for what else waits", () => {
    const lap: Lap = { ...FIRST_LAP, waiting: { Staggered: 2 }, rotated: 1 };
    expect(nextLap(lap, 30)?.seconds).toBe(1_800);
    expect(nextLap({ ...lap, waiting: { Staggered: 2, ServerBusy: 1 } }, 30)?.seconds).toBe(0);
  });

  it("that gets something done begins the count anew", () => {
    expect(nextLap({ number: 9, waiting: { ServerSilent: 5 }, rotated: 1, idle: 8 })).toEqual({
      lap: { ...FIRST_LAP, number: 10 },
      seconds: 0,
    });
  });

  it.each([
    ["skipped", "ServerBusy", true],
    ["skipped", "ServerSilent", true],
    ["failed", "ServerSilent", false],
    ["skipped", "AlreadyRotating", false],
    ["succeeded", "Started", false],
  ])("has a secret again that was %s because of %s: %s", (outcome, reason, again) => {
    expect(comesAgain({ outcome, reason })).toBe(again);
  });
});

describe("a run in laps", () => {
  const fleet: Fleet = { schedule: "nightly", scheduledAt: "2026-11-24T00:00:00Z" };
  const page = (results: readonly FleetResult[], fields: Partial<FleetPage> = {}): FleetPage => ({
    items: results.map((_, index) => ({ name: String(index), input: {} })),
    cursor: null,
    concurrency: 10,
    leftOut: {},
    waiting: {},
    ...fields,
  });
  const done: FleetResult = { outcome: "succeeded", reason: "Started" };
  const busy: FleetResult = { outcome: "skipped", reason: "ServerBusy" };

  it("comes back to what waits when all others had their turn, and counts each once", () => {
    const first = sumUp(fleet, page([done, busy], { cursor: { passed: 2 }, leftOut: { NotDue: 7 } }), [done, busy]);
    expect(first).toMatchObject({ next: "execution", totals: { rotated: 1, skipped: 0, byReason: {} } });
    const second = sumUp(first.fleet, page([busy], { waiting: { ServerSilent: 2 } }), [busy]);
    expect(second).toMatchObject({ next: "execution", seconds: 0, totals: { rotated: 1, skipped: 0 } });
    expect(second.fleet).not.toHaveProperty("cursor");
    const third = sumUp(second.fleet, page([done, done], { leftOut: { NotDue: 7, RotatedSinceAsked: 1 } }), [
      done,
      done,
    ]);
    expect(third).toMatchObject({ next: "end", totals: { rotated: 3, skipped: 0, leftOut: { NotDue: 7 } } });
  });

  it("counts an account that cannot be reached in a later one, and each once", () => {
    const [one, two] = ["AccountUnreachable:111122223333", "AccountUnreachable:444455556666"];
    const first = sumUp(fleet, page([busy], { leftOut: { [one]: 1 } }), [busy]);
    expect(first.totals).toMatchObject({ failed: 1, byReason: { [one]: 1 } });
    const leftOut = { [`${one}:Throttled`]: 1, [two]: 1, NotDue: 7 };
    const second = sumUp(first.fleet, page([done], { leftOut }), [done]);
    expect(second.totals).toMatchObject({ rotated: 1, failed: 2, byReason: { [one]: 1, [two]: 1 }, leftOut: {} });
    expect(Object.keys(second.totals.byReason)).toHaveLength(2);
  });

  it("pauses before one where none got anything done, and in the end says what waits still", () => {
    let summed = sumUp(fleet, page([], { waiting: { ServerSilent: 40 } }), []);
    const pauses: number[] = [];
    while (summed.next === "pause") {
      pauses.push(summed.seconds);
      summed = sumUp(summed.fleet, page([busy], { waiting: { ServerSilent: 39 } }), [busy]);
    }
    expect(pauses).toHaveLength(8);
    expect(summed).toMatchObject({
      next: "end",
      totals: { skipped: 40, byReason: { ServerSilent: 39, ServerBusy: 1 } },
    });
  });

  it("has none again that failed in a lap before, of which a refusal leaves no other trace", () => {
    const refused: FleetResult = { outcome: "failed", reason: "InvalidSecretError" };
    const items = ["a", "b", "c"].map((name) => ({ name, input: { secretId: `arn:${name}` } }));
    const first = sumUp(fleet, page([], { items }), [refused, busy, done]);
    expect(first.fleet).toMatchObject({ failed: ["arn:a"], lap: { number: 1 } });
    const second = sumUp(first.fleet, page([], { items: items.slice(1, 2) }), [busy]);
    expect(second.fleet.failed).toEqual(["arn:a"]);
  });

  it("remembers no more of those than fit into a state", () => {
    const many = Array.from({ length: 1_000 }, (_, index) => `arn:${index}`.padEnd(100, "x"));
    expect(JSON.stringify(rememberFailed([], many)).length).toBeLessThanOrEqual(15_002);
    expect(rememberFailed(["before"], many)[0]).toBe("before");
  });

  it("is not gone on with where it stopped itself", () => {
    const failed: FleetResult = { outcome: "failed", reason: "ProbeFailed" };
    const stoppable = { ...fleet, toleratedFailurePercent: 5 };
    const summed = sumUp(stoppable, page([failed], { cursor: { passed: 1 }, waiting: { ServerSilent: 1 } }), [failed]);
    expect(summed.next).toBe("stopped");
  });
});
