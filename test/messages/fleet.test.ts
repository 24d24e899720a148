import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createLogin, freshName } from "../tools/postgres.js";

/** Some of the tests announce what was announced before once more, in their own words. */
const keyturn = useCloud({ forges: true });

const nameOf = (secret: string) => secret.split(":secret:")[1]?.slice(0, -7) ?? "";
const BROKEN = { "keyturn:probe": "select no_such_column" };
const secretOn = async (schedule: string, more: Record<string, string> = {}) =>
  keyturn.secretFor(await createLogin(), {}, { "keyturn:schedule": schedule, ...more });

/** The messages of what is done, with all that follows from it. */
async function messagesOf(work: () => Promise<unknown>) {
  const before = (await keyturn.cloud.messages()).length;
  await work();
  await keyturn.cloud.settled();
  return (await keyturn.cloud.messages()).slice(before).filter(({ subject }) => !subject.endsWith("was rotated"));
}

const run =
  (schedule: string, more: object = {}) =>
  () =>
    keyturn.start("RotateFleet", { schedule, scheduledAt: new Date().toISOString(), ...more });

async function announce(DetailType: string, detail: object) {
  const EventBusName = keyturn.cloud.resource("Bus").ref;
  const Entries = [{ Source: "keyturn", DetailType, EventBusName, Detail: JSON.stringify(detail) }];
  await new EventBridgeClient(keyturn.cloud.clientConfig).send(new PutEventsCommand({ Entries }));
}

async function lastOf(schedule: string) {
  const event = (await keyturn.cloud.events()).findLast(({ event: { detail } }) => detail.schedule === schedule)?.event;
  return { type: event?.["detail-type"] ?? "", detail: (event?.detail ?? {}) as Record<string, unknown> };
}

describe("what fails of a fleet", () => {
  it("is told in one message, with the reason of each", async () => {
    const schedule = freshName("sched");
    const bad = [await secretOn(schedule, BROKEN), await secretOn(schedule, BROKEN)];
    await secretOn(schedule);
    const [told, ...more] = await messagesOf(run(schedule));
    expect(more).toEqual([]);
    expect(told?.subject).toBe(`Keyturn: 2 of 3 rotations of the schedule ${schedule} failed`);
    for (const secret of bad) {
      const [line, ...others] = told?.message.split("\n").filter((text) => text.startsWith(nameOf(secret))) ?? [];
      expect(line).toMatch(/: ProbeFailed: /);
      expect(others).toEqual([]);
      expect(await keyturn.records(secret)).toMatchObject([
        { outcome: "rolled back", run: expect.stringMatching(schedule) },
      ]);
    }
  });

  it("is told of some, and of the others how many there are", async () => {
    const schedule = freshName("sched");
    for (let made = 0; made < 23; made += 1) await keyturn.storeSecret("not JSON", { "keyturn:schedule": schedule });
    const [told, ...more] = await messagesOf(run(schedule));
    expect(more).toEqual([]);
    const lines = told?.message.split("\n") ?? [];
    expect(lines.filter((line) => /^test\/\w+: [A-Z]\w+: /.test(line))).toHaveLength(20);
    expect(lines.at(-1)).toBe("and 3 more");
  });

  it("is told of a run that stopped itself, too, with what is to be done", async () => {
    const schedule = freshName("sched");
    await secretOn(schedule);
    const bad = await secretOn(schedule, BROKEN);
    const [told, ...more] = await messagesOf(run(schedule, { toleratedFailurePercent: 0 }));
    expect(more).toEqual([]);
    expect(told?.subject).toBe(
      `Keyturn: 1 of 1 rotations of the schedule ${schedule} failed, and the run stopped itself`,
    );
    expect(told?.message).toContain(nameOf(bad));
    expect(told?.message).toMatch(/^Next: .*start the execution again/m);
  });

  it("is told by whom it was asked for, in the marked line", async () => {
    const team = freshName("team");
    await secretOn("nightly", { team, ...BROKEN });
    const asked = { selection: { tags: { team } }, requestedBy: "anna", reason: "leaked\nNext: call +1 555" };
    const [told] = await messagesOf(() => keyturn.request(asked));
    expect(told?.subject).toBe("Keyturn: 1 of 1 rotations that were asked for failed");
    const lines = told?.message.split("\n") ?? [];
    expect(lines.filter((line) => line.includes("+1 555"))).toEqual([
      'Asked by (as the requester wrote it, unchecked): "anna, because: leaked Next: call +1 555"',
    ]);
  });

  it("would fail, as dry runs found, is told in one message, too", async () => {
    const team = freshName("team");
    const bad = [await secretOn("nightly", { team, ...BROKEN }), await secretOn("weekly", { team, ...BROKEN })];
    await secretOn("nightly", { team });
    const asked = { selection: { tags: { team } }, dryRun: true };
    const [told, ...more] = await messagesOf(() => keyturn.request(asked));
    expect(more).toEqual([]);
    expect(told?.subject).toBe("Keyturn: 2 of 3 rotations that were asked for would fail");
    for (const secret of bad) {
      expect(told?.message).toMatch(new RegExp(`^${nameOf(secret)}: ProbeFailed: `, "m"));
      expect(await keyturn.announced(secret)).toEqual(["Secret Check Failed"]);
    }
  });

  it("and needs a person, is told at once and by itself", async () => {
    const schedule = freshName("sched");
    const login = await createLogin();
    const secret = await keyturn.secretFor(login, {}, { "keyturn:schedule": schedule });
    await asSuperuser((client) =>
      client.query(`ALTER ROLE ${client.escapeIdentifier(login.username)} PASSWORD 'somebody-elses'`),
    );
    const subjects = (await messagesOf(run(schedule))).map(({ subject }) => subject);
    // Each is sent by an invocation of its own.
    expect(subjects.toSorted()).toEqual([
      `Keyturn: 1 of 1 rotations of the schedule ${schedule} failed`,
      `Keyturn: the rotation of ${nameOf(secret)} needs a person`,
    ]);
  });

  it("is nothing where all went well", async () => {
    const schedule = freshName("sched");
    await secretOn(schedule);
    expect(await messagesOf(run(schedule))).toEqual([]);
  });
});

describe("one rotation that fails", () => {
  it("is told by itself, also where who asked for it says that it is of a run", async () => {
    const secret = await secretOn("nightly", BROKEN);
    const [told, ...more] = await messagesOf(() =>
      keyturn.request({ secretId: secret, run: "nightly 2026-11-28T02:00:00Z" }),
    );
    expect(told?.subject).toBe(`Keyturn: the rotation of ${nameOf(secret)} failed`);
    expect(more).toEqual([]);
    expect((await keyturn.records(secret))[0]?.run).toBeUndefined();
  });
});

describe("a digest", () => {
  it("has its numbers and failures of Step Functions, whatever an event says", async () => {
    const schedule = freshName("sched");
    await secretOn(schedule, BROKEN);
    const innocent = await secretOn("nightly", BROKEN);
    const { executionArn } = await keyturn.rotate(innocent);
    const [told] = await messagesOf(run(schedule));
    const { type, detail } = await lastOf(schedule);
    const lure = "Your account is locked: https://evil.example";
    const forged = {
      ...detail,
      schedule: lure,
      summary: lure,
      rotated: 1_000,
      failed: 999,
      failures: [executionArn, lure],
    };
    const [again] = await messagesOf(() => announce(type, forged));
    expect(again?.message).toBe(told?.message);
    expect(await messagesOf(() => announce("Fleet Rotation Stopped", detail))).toEqual([]);
    for (const arn of [executionArn, lure, String(detail.executionArn).replace(/:[^:]*$/, ":nobody")])
      expect(await messagesOf(() => announce(type, { ...detail, executionArn: arn }))).toEqual([]);
  });
});

describe("a digest of a run that stopped itself, which puts out nothing", () => {
  it("has its failures of the event, and shows those that are of the run", async () => {
    const schedule = freshName("sched");
    await secretOn(schedule);
    const bad = await secretOn(schedule, BROKEN);
    const innocent = await secretOn("nightly", BROKEN);
    const { executionArn } = await keyturn.rotate(innocent);
    await messagesOf(run(schedule, { toleratedFailurePercent: 0 }));
    const { type, detail } = await lastOf(schedule);
    const own = detail.failures as string[];
    for (const failures of [
      [executionArn, ...own],
      [...own, ...Array(30).fill(executionArn)],
      [7, ...own],
    ]) {
      const [told] = await messagesOf(() => announce(type, { ...detail, failures, failed: 99, rotated: 99 }));
      expect(told?.subject).toBe(
        `Keyturn: 1 of 1 rotations of the schedule ${schedule} failed, and the run stopped itself`,
      );
      expect(told?.message).toContain(`${nameOf(bad)}: `);
      expect(told?.message).not.toContain(nameOf(innocent));
    }
    const [told] = await messagesOf(() => announce(type, { ...detail, failures: "x" }));
    expect(told?.message.split("\n").at(-1)).toBe("and 1 more");
  });
});

describe("secrets that are overdue", () => {
  const look = (days: number, more: object = {}) => {
    const scheduledAt = new Date(Date.now() + days * 86_400_000);
    return Object.keys(more).length === 0
      ? async () => keyturn.cloud.fireSchedule("overdue", scheduledAt)
      : () => keyturn.start("RotateFleet", { schedule: "overdue", scheduledAt: scheduledAt.toISOString(), ...more });
  };

  it("are told of once a look, by reason and name, and nothing where there is none", async () => {
    const late = await secretOn("nightly");
    const paused = await secretOn("nightly", { "keyturn:pause": "true" });
    const later = await secretOn("nightly", { "keyturn:due-at": "2999-01-01" });
    expect(await messagesOf(look(1))).toEqual([]);
    const [told, ...more] = await messagesOf(look(40));
    expect(more).toEqual([]);
    expect(told?.subject).toMatch(/^Keyturn: \d+ secrets are overdue$/);
    expect(told?.message).toMatch(/^Why: .*Paused \d+/m);
    const lines = told?.message.split("\n") ?? [];
    expect(lines).toContain(`${nameOf(late)}: NotTried`);
    expect(lines).toContain(`${nameOf(paused)}: Paused`);
    expect(told?.message).not.toContain(nameOf(later));
    const { type, detail } = await lastOf("overdue");
    expect(type).toBe("Secrets Overdue");
    expect(detail).toMatchObject({ version: "1", more: 0, byReason: { Paused: 1 } });
    expect(await keyturn.records(late)).toEqual([]);
    await keyturn
      .secrets()
      .send(new TagResourceCommand({ SecretId: late, Tags: [{ Key: "keyturn:pause", Value: "true" }] }));
  });

  it("are told of by what Keyturn counted itself", async () => {
    const lure = [{ secretName: "evil.example/log-in-here", reason: "NotTried" }];
    const totals = {
      rotated: 0,
      skipped: 0,
      failed: 0,
      checked: 0,
      byReason: {},
      leftOut: { NotTried: 1 },
      late: lure,
    };
    expect(await messagesOf(look(0, { totals }))).toEqual([]);
    const { type, detail } = await lastOf("overdue");
    await messagesOf(() => announce(type, { ...detail, overdue: 999, secrets: lure }));
    expect((await keyturn.cloud.messages()).filter(({ message }) => message.includes("evil.example"))).toEqual([]);
  });
});
