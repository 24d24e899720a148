import { describe, expect, it } from "vitest";
import { clockOf, type DeployedTrigger, deployedSchedules, runsOf } from "../../src/overview/schedules.js";

const NOW = new Date("2026-03-27T12:00:00Z");

const clock = (name: string, expression: string, more: Partial<DeployedTrigger> = {}, input: object = {}) => ({
  ...{ name, expression, timezone: "Europe/Berlin", flexibleWindowMinutes: 0, enabled: true },
  createdAt: new Date("2026-03-01T09:30:00Z"),
  input: JSON.stringify({ schedule: name, scheduledAt: "<aws.scheduler.scheduled-time>", ...input }),
  ...more,
});
const afterwards = (name: string, first: string): DeployedTrigger => ({
  ...{ name, after: first, flexibleWindowMinutes: 0, enabled: true },
  input: JSON.stringify({ schedule: name }),
});
const runs = (triggers: readonly DeployedTrigger[], name: string, count = 3) =>
  runsOf(name, deployedSchedules(triggers), NOW, count).map((at) => at.toISOString());

describe("the next runs of a schedule", () => {
  it.each<[string, DeployedTrigger[], string[]]>([
    [
      "are in its zone, also where the clocks change",
      [clock("it", "cron(0 2 * * ? *)")],
      // 02:00 is left out on 29 March.
      ["2026-03-28T01:00:00.000Z", "2026-03-29T01:00:00.000Z", "2026-03-30T00:00:00.000Z"],
    ],
    [
      "of a rate count from when it was made",
      [clock("it", "rate(12 hours)")],
      ["2026-03-27T21:30:00.000Z", "2026-03-28T09:30:00.000Z", "2026-03-28T21:30:00.000Z"],
    ],
    ["that starts once are one", [clock("it", "at(2026-04-01T02:00:00)")], ["2026-04-01T00:00:00.000Z"]],
    [
      "leave out what falls into a blackout",
      [clock("it", "cron(0 2 * * ? *)", {}, { timezone: "Europe/Berlin", blackouts: [{ days: ["sat", "sun"] }] })],
      ["2026-03-30T00:00:00.000Z", "2026-03-31T00:00:00.000Z", "2026-04-01T00:00:00.000Z"],
    ],
    ["are none where it is turned off", [clock("it", "cron(0 2 * * ? *)", { enabled: false })], []],
    [
      "that comes after another's after another are the first one's",
      [clock("a", "rate(1 day)"), afterwards("b", "a"), afterwards("it", "b")],
      ["2026-03-28T09:30:00.000Z", "2026-03-29T09:30:00.000Z", "2026-03-30T09:30:00.000Z"],
    ],
    ["that wait for each other are none", [afterwards("it", "b"), afterwards("b", "it")], []],
    ["that waits for one that is gone are none", [afterwards("it", "gone")], []],
    [
      "of an input that somebody broke are those of its clock",
      [clock("it", "rate(1 day)", { input: "{" })],
      ["2026-03-28T09:30:00.000Z", "2026-03-29T09:30:00.000Z", "2026-03-30T09:30:00.000Z"],
    ],
  ])("%s", (_, triggers, expected) => expect(runs(triggers, "it")).toEqual(expected));

  it("are none of a schedule that nobody deployed, whatever it is called", () => {
    const deployed = deployedSchedules([]);
    for (const name of ["gone", "constructor", "__proto__"])
      expect(clockOf(deployed).nextRun(name, NOW)).toBeUndefined();
  });

  it("are the same for many secrets as for one", () => {
    const deployed = deployedSchedules([clock("it", "cron(0 2 * * ? *)")]);
    const many = clockOf(deployed);
    for (let hour = 0; hour < 24 * 40; hour += 7) {
      const at = new Date(NOW.getTime() + hour * 3_600_000);
      expect(many.nextRun("it", at)).toEqual(runsOf("it", deployed, at, 1)[0]);
    }
  });
});

describe("what is expected of schedules", () => {
  it("is what the look for overdue secrets is told, those that start by hand with it", () => {
    const expected = { byhand: { everyDays: 0, timezone: "Etc/UTC", dueAfterDays: 90 } };
    const deployed = deployedSchedules([clock("overdue", "rate(1 day)", {}, { expected })]);
    expect(deployed.expected).toEqual(expected);
    expect(deployed.byName.byhand).toMatchObject({ purpose: "rotates", dueAfterDays: 90 });
  });

  it("is reckoned where that look is turned off", () =>
    expect(
      deployedSchedules([clock("it", "rate(7 days)", {}, { dueAfterDays: 30 }), clock("doctor", "rate(1 day)")])
        .expected,
    ).toEqual({ it: expect.objectContaining({ everyDays: 7, dueAfterDays: 30 }) }));
});
