import { describe, expect, it } from "vitest";
import { checkExpression, daysBetween, nextFire } from "../../src/schedule/expression.js";

const at = (text: string) => new Date(text);

describe("nextFire", () => {
  it.each([
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
    ["cron(0 2 * * ? *)", "Etc/UTC", "2026-11-24T02:00:00Z", "2026-11-25T02:00:00.000Z"],
    ["cron(15 10 ? * 6L 2026-2030)", "Etc/UTC", "2026-11-24T00:00:00Z", "2026-11-27T10:15:00.000Z"],
    ["cron(0 18 ? * MON-FRI *)", "Europe/Berlin", "2026-11-27T18:00:00Z", "2026-11-30T17:00:00.000Z"],
    ["cron(0/10 * ? * 2-6 *)", "Etc/UTC", "2026-11-27T23:55:00Z", "2026-11-30T00:00:00.000Z"],
    ["cron(0 8 ? * 2#1 *)", "Etc/UTC", "2026-11-24T00:00:00Z", "2026-12-07T08:00:00.000Z"],
    ["cron(0 8 1W * ? *)", "Etc/UTC", "2027-04-30T12:00:00Z", "2027-05-03T08:00:00.000Z"],
    ["cron(0 8 L * ? *)", "Etc/UTC", "2028-02-01T00:00:00Z", "2028-02-29T08:00:00.000Z"],
    ["rate(12 hours)", "Etc/UTC", "2026-11-24T03:00:00Z", "2026-11-24T15:00:00.000Z"],
    ["at(2026-12-01T02:00:00)", "Europe/Berlin", "2026-11-24T00:00:00Z", "2026-12-01T01:00:00.000Z"],
  ])("%s in %s after %s is %s", (expression, timezone, after, expected) => {
    expect(nextFire(expression, timezone, at(after))?.toISOString()).toBe(expected);
  });

  it("counts a rate from its anchor", () => {
    expect(nextFire("rate(1 hour)", "Etc/UTC", at("2026-11-24T03:20:00Z"), at("2026-11-24T01:15:00Z"))).toEqual(
      at("2026-11-24T04:15:00Z"),
    );
  });

  it("fires once when the clocks are put back, and after the gap when they are put on", () => {
    const back = nextFire("cron(30 2 * * ? *)", "Europe/Berlin", at("2026-10-24T12:00:00Z"));
    expect(back).toEqual(at("2026-10-25T00:30:00Z"));
    expect(nextFire("cron(30 2 * * ? *)", "Europe/Berlin", back as Date)).toEqual(at("2026-10-26T01:30:00Z"));
    const gap = nextFire("cron(30 2 * * ? *)", "Europe/Berlin", at("2027-03-27T12:00:00Z"));
    expect(gap?.toISOString().slice(0, 13)).toBe("2027-03-28T01");
  });

  it("never fires again after its time", () => {
    expect(nextFire("at(2026-12-01T02:00:00)", "Etc/UTC", at("2026-12-01T02:00:00Z"))).toBeUndefined();
    expect(nextFire("cron(0 2 * * ? 2020)", "Etc/UTC", at("2026-12-01T02:00:00Z"))).toBeUndefined();
  });
});

describe("checkExpression", () => {
  it.each([
    ["cron(0 2 * * *)", "5 fields"],
    ["cron(0 2 * * * *)", "exactly one"],
    ["cron(0 25 * * ? *)", "cron(0 25 * * ? *) is wrong"],
    ["rate(0 days)", "whole number"],
    ["rate(5 weeks)", "whole number"],
    ["at(tomorrow)", "must be as at("],
    ["daily", "none of cron"],
  ])("says what is wrong with %s", (expression, said) => {
    expect(checkExpression(expression)).toContain(said);
  });

  it("finds nothing wrong with a good one", () => {
    expect(checkExpression("cron(0 2 ? * SUN *)")).toBeUndefined();
  });
});

describe("how many days lie between two firings", () => {
  it.each([
    ["rate(7 days)", "Etc/UTC", 7],
    ["rate(10 minutes)", "Etc/UTC", 1],
    ["rate(25 hours)", "Etc/UTC", 1],
    ["rate(36 hours)", "Etc/UTC", 2],
    ["cron(0 2 * * ? *)", "Europe/Berlin", 1],
    ["cron(0/5 8-17 ? * MON-FRI *)", "Europe/Berlin", 3],
    ["cron(0 2 1 * ? *)", "Etc/UTC", 31],
    ["cron(0 2 1 1 ? *)", "Etc/UTC", 365],
    ["cron(0 2 1 * ? 2020)", "Etc/UTC", undefined],
    ["at(2027-01-31T02:00:00)", "Etc/UTC", undefined],
  ])("%s in %s: %s", (expression, timezone, days) => expect(daysBetween(expression, timezone)).toBe(days));
});
