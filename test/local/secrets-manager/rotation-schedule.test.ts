import { describe, expect, it } from "vitest";
import { checkRules, windowAfter } from "../../../src/local/secrets-manager/rotation-schedule.js";
import type { RotationRules } from "../../../src/local/secrets-manager/secret.js";

/** A Sunday. */
const SINCE = Date.parse("2026-03-01T12:30:00Z") / 1000;

// The examples of https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_schedule.html
describe("the end of the next rotation window", () => {
  it.each<[RotationRules, string | undefined]>([
    [{}, undefined],
    [{ AutomaticallyAfterDays: 1 }, "2026-03-02T23:59:59.000Z"],
    [{ ScheduleExpression: "rate(10 days)" }, "2026-03-11T23:59:59.000Z"],
    [{ ScheduleExpression: "rate(1 day)", Duration: "4h" }, "2026-03-02T04:00:00.000Z"],
    [{ ScheduleExpression: "rate(8 hours)" }, "2026-03-01T21:00:00.000Z"],
    [{ ScheduleExpression: "rate(11 hours)", Duration: "3h" }, "2026-03-01T23:59:59.000Z"],
    [{ ScheduleExpression: "cron(0 18 ? * SUN *)", Duration: "5h" }, "2026-03-01T23:00:00.000Z"],
    [{ ScheduleExpression: "cron(0 18 ? * 1 *)", Duration: "5h" }, "2026-03-01T23:00:00.000Z"],
    [{ ScheduleExpression: "cron(0 8 1 * ? *)" }, "2026-04-01T23:59:59.000Z"],
    [{ ScheduleExpression: "cron(0 17 1 3,6,9,12 ? *)" }, "2026-03-01T23:59:59.000Z"],
    [{ ScheduleExpression: "cron(0 20 ? * 2#1 *)", Duration: "2h" }, "2026-03-02T22:00:00.000Z"],
    [{ ScheduleExpression: "cron(0 6 L * ? *)" }, "2026-03-31T23:59:59.000Z"],
    [{ ScheduleExpression: "cron(0 */8 * * ? *)" }, "2026-03-01T17:00:00.000Z"],
  ])("%j: %s", (rules, end) => {
    const seconds = windowAfter(rules, SINCE);
    expect(seconds === undefined ? undefined : new Date(seconds * 1000).toISOString()).toBe(end);
  });

  it.each<[RotationRules, string]>([
    [{ ScheduleExpression: "rate(3 hours)" }, "every four hours"],
    [{ ScheduleExpression: "cron(30 8 * * ? *)" }, "cron(0 "],
    [{ ScheduleExpression: "cron(0 8 * * ? 2027)" }, "cron(0 "],
    [{ ScheduleExpression: "cron(0 25 * * ? *)" }, "not a valid cron"],
    [{ ScheduleExpression: "cron(0 22 * * ? *)", Duration: "3h" }, "must not extend into the next UTC day"],
  ])("refuses %j", (rules, message) => {
    expect(() => checkRules(rules)).toThrow(message);
  });
});
