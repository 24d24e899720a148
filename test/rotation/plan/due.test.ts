import { describe, expect, it } from "vitest";
import { ageMs, notDue } from "../../../src/rotation/plan/due.js";
import { asked, daysAgo, described, NOW } from "../imagined.js";

const rotated = (days: number) => ({
  executionArn: "before",
  outcome: "succeeded" as const,
  endedAt: daysAgo(days).toISOString(),
  rotatedAt: daysAgo(days).toISOString(),
});
/** It failed, and nothing is known to have become current. */
const failed = { executionArn: "before", outcome: "rolled back" as const, endedAt: NOW.toISOString() };

describe("whether a secret is due", () => {
  it.each([
    ["whatever its age where no age is asked for", {}, {}, rotated(1), undefined],
    ["of the age that is asked for", { dueAfterDays: 30 }, {}, rotated(30), undefined],
    ["not a moment before that", { dueAfterDays: 30 }, {}, rotated(29.999_999), "NotDue"],
    ["by half a day", { dueAfterDays: 0.5 }, {}, rotated(0.4), "NotDue"],
    ["at once where that is 0 days", { dueAfterDays: 0 }, {}, rotated(0.001), undefined],
    ["never rotated, and old enough itself", { dueAfterDays: 30 }, { createdAt: daysAgo(31) }, undefined, undefined],
    ["never rotated, and young", { dueAfterDays: 30 }, { createdAt: daysAgo(1) }, undefined, "NotDue"],
    ["rotated by Secrets Manager since", { dueAfterDays: 30 }, { lastRotatedAt: daysAgo(2) }, rotated(40), "NotDue"],
    ["rotated by us since", { dueAfterDays: 30 }, { lastRotatedAt: daysAgo(40) }, rotated(2), "NotDue"],
    ["of an age that nobody knows", { dueAfterDays: 9_999 }, { createdAt: undefined }, undefined, undefined],
    ["although a rotation has just failed", { dueAfterDays: 30 }, {}, failed, undefined],
    ["asked for before the last rotation ended", { askedAt: daysAgo(2) }, {}, rotated(1), "RotatedSinceAsked"],
    ["asked for in the moment that it ended", { askedAt: daysAgo(1) }, {}, rotated(1), "RotatedSinceAsked"],
    ["asked for after that", { askedAt: daysAgo(0.999) }, {}, rotated(1), undefined],
    ["asked for before one that failed", { askedAt: daysAgo(2) }, {}, failed, undefined],
  ])("%s", (_, request, fields, last, reason) => {
    expect(notDue(asked(request), described(fields as object), last, NOW)).toBe(reason);
  });

  it("is by the newest of what is known", () => {
    const secret = { createdAt: daysAgo(9), lastRotatedAt: daysAgo(5) };
    expect(ageMs(secret, daysAgo(7), NOW)).toBe(5 * 86_400_000);
    expect(ageMs(secret, daysAgo(3), NOW)).toBe(3 * 86_400_000);
  });
});
