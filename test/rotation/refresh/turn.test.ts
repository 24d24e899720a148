import { describe, expect, it } from "vitest";
import type { Consumer, Refresh } from "../../../src/rotation/consumers.js";
import { isOverdue, pollSeconds, turnOf } from "../../../src/rotation/refresh/turn.js";

const NOW = new Date("2026-03-01T02:00:00Z");
const secondsAgo = (seconds: number) => new Date(NOW.getTime() - seconds * 1_000).toISOString();
const minutesAgo = (minutes: number) => secondsAgo(minutes * 60);

const consumer: Consumer = {
  target: { kind: "webhook" },
  gatherSeconds: 30,
  everyMinutes: 15,
  limitMinutes: 30,
};
const told = (startedAt: string, fields: Partial<Refresh> = {}): Refresh => ({
  by: "another",
  startedAt,
  outcome: "refreshed",
  ...fields,
});
/** By an execution that has not said how it ended. */
const telling = (startedAt: string, by = "another"): Refresh => ({ by, startedAt });
const wait = (seconds: number) => ({ decision: "wait", seconds });

describe("whose turn it is to tell a consumer", () => {
  it.each<[string, Refresh | undefined, string, object]>([
    ["of one that was never told: ours", undefined, minutesAgo(1), { decision: "start" }],
    ["but not before the wave is over", undefined, secondsAgo(10), wait(20)],
    ["at the moment when it is over", undefined, secondsAgo(30), { decision: "start" }],
    ["of one that was told long ago: ours", told(minutesAgo(60)), minutesAgo(1), { decision: "start" }],
    ["but not sooner than it may be told again", told(minutesAgo(14)), minutesAgo(1), wait(60)],
    ["at the moment when it may", told(minutesAgo(15)), minutesAgo(1), { decision: "start" }],
    ["whatever became of it then", told(minutesAgo(14), { outcome: "failed" }), minutesAgo(1), wait(60)],
    ["nobody's, when it was told since", told(minutesAgo(1)), minutesAgo(2), { decision: "covered" }],
    ["nobody's, when it was told at that moment", told(minutesAgo(2)), minutesAgo(2), { decision: "covered" }],
    ["nobody's, when that failed", told(minutesAgo(1), { outcome: "failed" }), minutesAgo(2), { decision: "covered" }],
    ["another's, who is telling it", telling(minutesAgo(1)), minutesAgo(2), wait(60)],
    ["another's, who tells it since before the rotation", telling(minutesAgo(3)), minutesAgo(2), wait(60)],
    ["another's, for no longer than it may take", telling(secondsAgo(30 * 60 - 5)), minutesAgo(40), wait(5)],
    ["ours, when another never said how it ended", telling(minutesAgo(30)), minutesAgo(40), { decision: "start" }],
  ])("%s", (_, last, rotatedAt, turn) => {
    expect(turnOf(last, { by: "us", rotatedAt }, consumer, NOW)).toEqual(turn);
  });

  it("is to look, when we have told it, however long ago", () => {
    for (const minutes of [0, 29, 31, 600]) {
      const refresh = telling(minutesAgo(minutes), "us");
      expect(turnOf(refresh, { by: "us", rotatedAt: minutesAgo(700) }, consumer, NOW)).toEqual({
        decision: "look",
        refresh,
      });
    }
  });

  it("is to say how it ended, when ours has", () => {
    const refresh = told(minutesAgo(1), { by: "us" });
    expect(turnOf(refresh, { by: "us", rotatedAt: minutesAgo(2) }, consumer, NOW)).toEqual({
      decision: "ended",
      refresh,
    });
  });

  it("comes at most every fifteen minutes, however many rotations there are", () => {
    const starts: number[] = [];
    let last: Refresh | undefined;
    // One rotation a second for an hour; each looks as often as it is told to.
    const open = Array.from({ length: 3_600 }, (_, second) => ({ second, looksAt: second }));
    for (let now = 0; open.length > 0; now += 1) {
      const at = new Date(NOW.getTime() + now * 1_000);
      for (const one of open.filter(({ looksAt, second }) => second <= now && looksAt <= now)) {
        const rotatedAt = new Date(NOW.getTime() + one.second * 1_000).toISOString();
        const turn = turnOf(last, { by: String(one.second), rotatedAt }, consumer, at);
        if (turn.decision === "wait") one.looksAt = now + turn.seconds;
        else open.splice(open.indexOf(one), 1);
        if (turn.decision !== "start") continue;
        starts.push(now);
        last = told(at.toISOString(), { by: String(one.second) });
      }
    }
    expect(starts).toEqual([30, 930, 1_830, 2_730, 3_630]);
  });
});

it.each([
  [0, 15],
  [150, 15],
  [600, 60],
  [7_200, 120],
])("what began %i seconds ago is looked at in %i", (seconds, again) => {
  expect(pollSeconds(secondsAgo(seconds), NOW)).toBe(again);
});

it("takes too long from its limit on", () => {
  expect(isOverdue(telling(secondsAgo(30 * 60 - 1)), consumer, NOW)).toBe(false);
  expect(isOverdue(telling(minutesAgo(30)), consumer, NOW)).toBe(true);
});
