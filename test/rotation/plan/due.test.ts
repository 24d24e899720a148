import { describe, expect, it } from "vitest";
import { notDue, type Turn } from "../../../src/rotation/plan/due.js";
import { asked, daysAgo, described, NOW } from "../imagined.js";

const HOUR = 1 / 24;

/** One that succeeded; it took an hour. */
const rotated = (days: number) => ({
  executionArn: "before",
  outcome: "succeeded" as const,
  endedAt: daysAgo(days).toISOString(),
  begunAt: daysAgo(days + HOUR).toISOString(),
  rotatedAt: daysAgo(days).toISOString(),
});
/** The last of so many in a row, and nothing is known to have become current. */
const failed = (days: number, failures = 1) => ({
  executionArn: "before",
  outcome: "rolled back" as const,
  endedAt: daysAgo(days).toISOString(),
  failures,
});
const nightly = { schedule: "nightly" };

type Given = Partial<{ [Of in Exclude<keyof Turn, "nativeSchedule">]: object }> & Pick<Turn, "nativeSchedule">;
type Case = [what: string, given: Given, reason?: string, message?: string];

const CASES: Case[] = [
  ["whatever its age where no age is asked for", { last: rotated(1) }],
  ["of the age that is asked for", { request: { dueAfterDays: 30 }, last: rotated(30) }],
  [
    "not a moment before that",
    { request: { dueAfterDays: 30 }, last: rotated(29.999_999) },
    "NotDue",
    "It is due at 2026-03-01T02:00:00.0",
  ],
  ["by half a day", { request: { dueAfterDays: 0.5 }, last: rotated(0.4) }, "NotDue"],
  ["at once where that is 0 days", { request: { dueAfterDays: 0 }, last: rotated(0.001) }],
  ["never rotated, and old enough itself", { request: { dueAfterDays: 30 }, secret: { createdAt: daysAgo(31) } }],
  ["never rotated, and young", { request: { dueAfterDays: 30 }, secret: { createdAt: daysAgo(1) } }, "NotDue"],
  [
    "rotated by Secrets Manager since",
    { request: { dueAfterDays: 30 }, secret: { lastRotatedAt: daysAgo(2) }, last: rotated(40) },
    "NotDue",
  ],
  [
    "rotated by us since",
    { request: { dueAfterDays: 30 }, secret: { lastRotatedAt: daysAgo(40) }, last: rotated(2) },
    "NotDue",
  ],
  ["of an age that nobody knows", { request: { dueAfterDays: 9_999 }, secret: { createdAt: undefined } }],

  [
    "asked for before the last rotation began",
    { request: { askedAt: daysAgo(2) }, last: rotated(1) },
    "RotatedSinceAsked",
  ],
  [
    "asked for in the moment that it began",
    { request: { askedAt: daysAgo(1 + HOUR) }, last: rotated(1) },
    "RotatedSinceAsked",
  ],
  [
    "asked for while it went on: its password was made before",
    { request: { askedAt: daysAgo(1.01) }, last: rotated(1) },
  ],
  ["asked for after that", { request: { askedAt: daysAgo(0.999) }, last: rotated(1) }],
  [
    "asked for with a shorter life of the old credential than that one gave it",
    { request: { askedAt: daysAgo(2), retireAfterMinutes: 0 }, last: { ...rotated(1), retireAfterMinutes: 60 } },
  ],
  [
    "asked for so where that one left it to its schedule",
    { request: { askedAt: daysAgo(2), retireAfterMinutes: 0 }, last: rotated(1) },
  ],
  [
    "asked for twice in the same way",
    { request: { askedAt: daysAgo(2), retireAfterMinutes: 0 }, last: { ...rotated(1), retireAfterMinutes: 0 } },
    "RotatedSinceAsked",
  ],
  ["asked for before one that failed", { request: { askedAt: daysAgo(2) }, last: failed(1) }],

  ["paused for good, whoever asks", { settings: { pause: "for good" } }, "Paused", "Take the tag keyturn:pause off"],
  [
    "paused until a time that is to come",
    { settings: { pause: daysAgo(-1) } },
    "Paused",
    "until 2026-03-02T02:00:00.000Z",
  ],
  ["paused until now", { settings: { pause: NOW } }],

  ["on a schedule, where Secrets Manager's counts", { request: nightly, nativeSchedule: true }, "NativeSchedule"],
  ["when a person asks, where Secrets Manager's schedule counts", { nativeSchedule: true }],

  ["before the blackout of its schedule begins", { request: { ...nightly, startBefore: daysAgo(-HOUR) } }],
  [
    "when it begins",
    { request: { ...nightly, startBefore: NOW } },
    "Blackout",
    "It began at 2026-03-01T02:00:00.000Z.",
  ],

  ["an hour after it failed once", { request: nightly, last: failed(HOUR) }],
  [
    "not before that",
    { request: nightly, last: failed(0.5 * HOUR) },
    "BackingOff",
    "It failed once. It is tried by its schedule again from 2026-03-01T02:30:00.000Z on.",
  ],
  [
    "two hours after it failed twice",
    { request: nightly, last: failed(1.9 * HOUR, 2) },
    "BackingOff",
    "2 times in a row",
  ],
  ["sixteen hours after it failed five times", { request: nightly, last: failed(15.9 * HOUR, 5) }, "BackingOff"],
  ["a day after it failed, however often", { request: nightly, last: failed(1, 500) }],
  ["not before that day is over", { request: nightly, last: failed(23.9 * HOUR, 500) }, "BackingOff"],
  ["failing, when a person asks", { last: failed(0, 9) }],
  [
    "failing, when its tags were changed since",
    { request: nightly, secret: { changedAt: NOW }, last: failed(0.01, 9) },
  ],
  [
    "failing, when it was changed before that only",
    { request: nightly, secret: { changedAt: daysAgo(2) }, last: failed(0.01, 9) },
    "BackingOff",
  ],

  [
    "before the time that was set for it, however old",
    { request: { ...nightly, dueAfterDays: 30 }, settings: { dueAt: daysAgo(-1) } },
    "NotDue",
    "It is due at 2026-03-02T02:00:00.000Z.",
  ],
  [
    "from that time on, however young",
    { request: { ...nightly, dueAfterDays: 30 }, settings: { dueAt: NOW }, last: rotated(1) },
  ],
  [
    "by its age again once it was rotated at that time",
    { request: { ...nightly, dueAfterDays: 30 }, settings: { dueAt: daysAgo(2) }, last: rotated(1) },
    "NotDue",
  ],
  ["before that time, when a person asks", { settings: { dueAt: daysAgo(-1) } }],
];

describe("whose turn it is", () => {
  it.each(CASES)("%s", (_, { request, secret, settings = {}, last, nativeSchedule = false }, reason, message = "") => {
    const about = { request: asked(request), secret: described(secret), settings, nativeSchedule };
    const turn = { ...about, last: last as Turn["last"] };
    const found = notDue(turn, NOW);
    expect(found?.reason).toBe(reason);
    expect(found?.message ?? "").toContain(message);
  });

  it("is decided by the first that has something to say", () => {
    const secret = described({ createdAt: daysAgo(1) });
    const turn = {
      request: asked({ ...nightly, dueAfterDays: 30, startBefore: NOW, askedAt: daysAgo(3) }),
      secret,
      settings: { pause: "for good" as const },
      last: { ...failed(0, 3), begunAt: daysAgo(2).toISOString(), rotatedAt: daysAgo(2).toISOString() },
      nativeSchedule: true,
    };
    const keyturns = { ...turn, settings: {}, nativeSchedule: false };
    const reasons = [
      notDue(turn, NOW),
      notDue({ ...turn, settings: {} }, NOW),
      notDue({ ...turn, settings: {}, request: { ...turn.request, askedAt: NOW } }, NOW),
      notDue({ ...keyturns, request: { ...turn.request, askedAt: NOW } }, NOW),
      notDue({ ...keyturns, request: asked({ ...nightly, dueAfterDays: 30 }) }, NOW),
      notDue({ ...keyturns, request: asked({ ...nightly, dueAfterDays: 30 }), last: undefined }, NOW),
    ].map((found) => found?.reason);
    expect(reasons).toEqual(["Paused", "RotatedSinceAsked", "NativeSchedule", "Blackout", "BackingOff", "NotDue"]);
  });
});
