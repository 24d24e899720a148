import { describe, expect, it } from "vitest";
import { type ErrorName, KeyturnError } from "../../../src/errors.js";
import type { Consumer, Progress, Refresh, RefreshRecord } from "../../../src/rotation/consumers.js";
import { type RefreshRequest, refreshConsumer } from "../../../src/rotation/refresh/refresh.js";
import { NOW, SECRET } from "../imagined.js";

const ago = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000).toISOString();
const consumer: Consumer = {
  target: { kind: "ecs", service: "arn:aws:ecs:eu-central-1:000000000000:service/shop/api" },
  gatherSeconds: 0,
  everyMinutes: 15,
  limitMinutes: 30,
};
const request: RefreshRequest = { name: "api", by: "us", secretArn: SECRET, rotatedAt: ago(5) };
const ours: Refresh = { by: "us", startedAt: ago(4), handle: "one" };
const thrown = (name: ErrorName, code: string) => new KeyturnError(name, { code, message: "It was thrown." });

interface There {
  readonly last?: Refresh;
  readonly starts?: () => string;
  readonly looks?: () => Progress;
  readonly records?: readonly RefreshRecord[];
  /** Another begins between the look and the write. */
  readonly faster?: boolean;
  readonly of?: Consumer | undefined;
}

/** What a step comes to in a world of one consumer, and what it did. */
async function step(there: There, asked: Partial<RefreshRequest> = {}) {
  const did: string[] = [];
  let last = there.last;
  const records = [...(there.records ?? [])];
  const world = {
    clock: () => NOW,
    ledger: {
      refreshOf: async () => last,
      async beginRefresh(_: string, refresh: Refresh) {
        if (there.faster) return false;
        last = refresh;
        return true;
      },
      async noteRefresh(_: string, refresh: Refresh) {
        last = refresh;
      },
      async endRefresh(_: string, refresh: Refresh, outcome: "refreshed" | "failed") {
        last = { ...refresh, outcome };
      },
      async recordRefresh(record: RefreshRecord) {
        const kept = records.find(({ startedAt }) => startedAt === record.startedAt);
        if (!kept) records.push(record);
        return { recorded: !kept, record: kept ?? record };
      },
      refreshRecord: async () => records.at(-1),
    },
    consumers: {
      async start() {
        did.push("start");
        return there.starts?.() ?? "one";
      },
      async look() {
        did.push("look");
        return there.looks?.() ?? "done";
      },
    },
  };
  const of = "of" in there ? there.of : consumer;
  const refreshed = await refreshConsumer(world, of, { ...request, ...asked }).catch((error) => error);
  return { refreshed, did, last: () => last, records };
}

describe("a step of a refresh", () => {
  it("tells the consumer, and waits", async () => {
    const { refreshed, did, last, records } = await step({});
    expect(refreshed).toEqual({ decision: "wait", seconds: 15 });
    expect(did).toEqual(["start"]);
    expect(last()).toEqual({ by: "us", startedAt: NOW.toISOString(), handle: "one" });
    expect(records).toEqual([]);
  });

  it("looks at what it told, and waits while that is under way", async () => {
    const { refreshed, did, last } = await step({ last: ours, looks: () => "under way" });
    expect(refreshed).toEqual({ decision: "wait", seconds: 24 });
    expect(did).toEqual(["look"]);
    expect(last()).toEqual(ours);
  });

  it("tells it again where the answer was lost", async () => {
    const { did, last } = await step({ last: { by: "us", startedAt: ago(4) } });
    expect(did).toEqual(["start"]);
    expect(last()).toMatchObject({ startedAt: ago(4), handle: "one" });
  });

  it("says how it ended, once", async () => {
    const { refreshed, last, records } = await step({ last: ours });
    const record = {
      consumer: "api",
      kind: "ecs",
      executionArn: "us",
      secretArn: SECRET,
      outcome: "refreshed",
      reason: "Refreshed",
      message: expect.stringContaining("deployment was completed"),
      startedAt: ago(4),
      endedAt: NOW.toISOString(),
    };
    expect(refreshed).toEqual({ decision: "ended", record });
    expect(last()).toEqual({ ...ours, outcome: "refreshed" });
    const known = records[0] as RefreshRecord;
    // The function died behind it.
    const again = await step({ last: { ...ours, outcome: "refreshed" }, records: [known] });
    expect(again).toMatchObject({ refreshed: { decision: "ended", record: known }, did: [] });
    const between = await step({ last: ours, records: [{ ...known, endedAt: ago(1) }] });
    expect(between.refreshed).toMatchObject({ decision: "ended", record: { endedAt: ago(1) } });
  });

  it("is a webhook's last: its announcement is the call", async () => {
    const { refreshed } = await step({ of: { ...consumer, target: { kind: "webhook" } } });
    expect(refreshed).toMatchObject({ decision: "ended", record: { kind: "webhook", outcome: "refreshed" } });
  });

  it.each<[string, There, Partial<RefreshRequest>, string, string]>([
    [
      "its service says so",
      { last: ours, looks: () => ({ failed: "It rolled back." }) },
      {},
      "NotTakenUp",
      "It rolled back.",
    ],
    [
      "it takes too long",
      { last: { ...ours, startedAt: ago(30) }, looks: () => "under way" },
      {},
      "TookTooLong",
      "after 30 minutes",
    ],
    [
      "it may not be told",
      {
        starts: () => {
          throw thrown("AccessDeniedError", "AccessDenied");
        },
      },
      {},
      "AccessDenied",
      "It was thrown.",
    ],
    [
      "there are to be no more tries",
      { last: ours },
      { failed: { Error: "TransientError", Cause: '{"errorMessage":"Unreachable: No answer."}' } },
      "Unreachable",
      "No answer.",
    ],
    [
      "its function dies",
      {},
      { failed: { Error: "Sandbox.Timedout", Cause: '{"errorMessage":"Task timed out"}' } },
      "Sandbox.Timedout",
      "Task timed out",
    ],
  ])("ends it as failed where %s", async (_, there, asked, reason, message) => {
    const { refreshed, last } = await step(there, asked);
    expect(refreshed).toMatchObject({
      decision: "ended",
      record: { outcome: "failed", reason, message: expect.stringContaining(message), error: { code: reason } },
    });
    expect(last()).toMatchObject({ outcome: "failed" });
  });

  it.each(["TransientError", "ThrottledError"] as const)("passes on a %s, to be tried again", async (name) => {
    const error = thrown(name, "Unreachable");
    const { refreshed, last } = await step({
      last: ours,
      looks: () => {
        throw error;
      },
    });
    expect(refreshed).toBe(error);
    expect(last()).toEqual(ours);
  });

  it("passes on a fault of our own", async () => {
    const bug = new TypeError("of ours");
    const there = {
      starts: () => {
        throw bug;
      },
    };
    expect((await step(there)).refreshed).toBe(bug);
  });

  it.each<[string, There]>([
    ["it was told since", { last: { by: "another", startedAt: ago(1), outcome: "refreshed" } }],
    ["there is no such consumer any more", { of: undefined }],
  ])("is none where %s", async (_, there) => {
    expect(await step(there)).toMatchObject({ refreshed: { decision: "covered" }, did: [] });
  });

  it("waits for another that was faster", async () => {
    expect(await step({ faster: true })).toMatchObject({ refreshed: { decision: "wait" }, did: [] });
  });
});
