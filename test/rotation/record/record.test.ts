import { describe, expect, it } from "vitest";
import type { PhaseRecord } from "../../../src/rotation/ledger.js";
import type { RotationState } from "../../../src/rotation/record/outcome.js";
import { recordRotation } from "../../../src/rotation/record/record.js";
import { ADMIN, OWN, OWN_VERSION, plan } from "../imagined/rotation.js";
import { CURRENT, described, execution, type Imagined, imagine, NOW, SECRET } from "../imagined.js";

const ENDED = execution("ended");
const startedAt = NOW.toISOString();
const later = (seconds: number) => new Date(NOW.getTime() + seconds * 1_000).toISOString();
const endedAt = later(60);
const holder = { executionArn: OWN, since: startedAt, purpose: "rotation" as const };
const caught = { Error: "ConflictError", Cause: JSON.stringify({ errorMessage: "CurrentMoved: It was moved." }) };
const set = (report: object) => ({ startedAt, endedAt, attempts: 1, report });
const good: RotationState = { plan, phases: { set: set({ logins: ["app"] }) } };
const rolledBack = (outcome: "rolled back" | "rolled forward" | "needs attention") => ({
  report: { outcome, facts: ["A fact."], versionId: OWN_VERSION, previousVersionId: CURRENT },
});
const recovery = { trigger: "recovery", ended: { executionArn: ENDED } };
const ended = { [ENDED]: { status: "ABORTED", startedAt: NOW, input: JSON.stringify({ secretId: "shop/orders" }) } };
const recoverPlan = {
  decision: "recover" as const,
  reason: "ExecutionAborted",
  message: "It ended.",
  secretArn: SECRET,
  secretName: "shop/orders",
  request: plan.request,
  ended: { executionArn: ENDED, status: "ABORTED", startedAt },
  ownVersionId: OWN_VERSION,
};

async function recorded(
  state: RotationState,
  there: Imagined = { holder },
  input: unknown = { secretId: "shop/orders" },
  readPhases: () => Promise<readonly PhaseRecord[]> = () => Promise.reject(new Error("no history")),
) {
  const imagined = imagine(there);
  const run = () => recordRotation(imagined.world, state, { executionArn: OWN, startedAt, endedAt, input }, readPhases);
  return { ...imagined, found: await run(), again: run };
}

const way = { engine: "postgres", strategy: "single-user" };
const moved = { reason: "CurrentMoved", message: "It was moved." };

describe("the end of a rotation", () => {
  it("is on record, and the secret's last one", async () => {
    const { found, noted } = await recorded(good);
    expect(found).toMatchObject({ ends: "succeeded", held: true, release: "an update", announce: true });
    expect(found).not.toHaveProperty("error");
    expect(noted.records).toEqual([found.record]);
    expect(noted.last).toEqual({
      executionArn: OWN,
      outcome: "succeeded",
      endedAt,
      rotatedAt: endedAt,
      madeCurrent: OWN_VERSION,
      replaced: plan.currentVersionId,
      ...way,
    });
  });

  it("is remembered with the beginning of what it failed of", async () => {
    const long = { Error: "ConflictError", Cause: JSON.stringify({ errorMessage: `Long: ${"x".repeat(1_000)}` }) };
    const { noted } = await recorded({ plan, failed: { set: long }, rollBack: rolledBack("rolled back") });
    expect(noted.last).toMatchObject({ reason: "Long", message: `${"x".repeat(249)}…` });
  });

  const silent = {
    Error: "ConflictError",
    Cause: JSON.stringify({ errorMessage: "ServerSilent: It gave no answer." }),
  };
  it.each<[string, RotationState, string[]]>([
    ["which had answered", good, ["out at postgres db:5432, answered"]],
    ["which gave no answer", { plan, failed: { set: silent } }, ["out at postgres db:5432, silent"]],
    ["of which it learnt nothing", { plan, failed: { create: caught } }, ["out at postgres db:5432, answer unknown"]],
    ["but had never gone in", { failed: { plan: caught } }, []],
    ["but had been skipped", { plan: { ...recoverPlan, decision: "skip", reason: "NotDue" } }, []],
  ])("goes out of its server's door, %s", async (_, state, went) => {
    expect((await recorded(state)).went).toEqual(went);
  });

  it("is on record where it cannot go out of its server's door", async () => {
    const imagined = imagine({ holder });
    imagined.world.brakes.leave = () => Promise.reject(new Error("no table"));
    const run = recordRotation(
      imagined.world,
      good,
      { executionArn: OWN, startedAt, endedAt, input: {} },
      async () => [],
    );
    expect(await run).toMatchObject({ ends: "succeeded", held: true });
  });

  it("is written once, and told again while the lock is held: it may not have been announced", async () => {
    const { found, again, noted } = await recorded(good);
    expect(await again()).toEqual(found);
    expect(noted.records).toHaveLength(1);
  });

  it.each<[string, RotationState, object, object]>([
    [
      "that was rolled forward counts as a rotation",
      { plan, failed: { finish: caught }, rollBack: rolledBack("rolled forward") },
      { outcome: "rolled forward", rotatedAt: endedAt, madeCurrent: OWN_VERSION, ...way },
      { ends: "succeeded" },
    ],
    [
      "that needs a person may have made its version current",
      { plan, failed: { set: caught }, rollBack: rolledBack("needs attention") },
      { outcome: "needs attention", madeCurrent: OWN_VERSION, ...way, ...moved },
      { ends: "failed", error: "ConflictError", cause: "CurrentMoved: It was moved." },
    ],
    [
      "that was rolled back has made nothing current",
      { plan, failed: { set: caught }, rollBack: rolledBack("rolled back") },
      { outcome: "rolled back", ...way, ...moved },
      { ends: "failed", error: "ConflictError", cause: "CurrentMoved: It was moved." },
    ],
    [
      "that failed of nothing by name has one all the same",
      { plan: { ...recoverPlan, decision: "note" } },
      { outcome: "failed", reason: "ExecutionAborted", message: "It ended." },
      { ends: "failed", error: "RotationFailed", cause: "ExecutionAborted: It ended." },
    ],
  ])("%s", async (_, state, last, end) => {
    const { found, noted } = await recorded(state);
    expect(noted.last).toEqual({ executionArn: found.record.executionArn, endedAt, ...last });
    expect(found).toMatchObject(end);
  });

  it("that was skipped leaves a record, and no trace in what is remembered", async () => {
    const { secretArn, secretName, request } = plan;
    const skip = { decision: "skip", reason: "NotDue", message: "Too early.", secretArn, secretName, request } as const;
    const { found, noted } = await recorded({ plan: skip });
    expect(found).toMatchObject({
      ends: "succeeded",
      announce: true,
      record: { outcome: "skipped", reason: "NotDue" },
    });
    expect(noted.last).toBeUndefined();
  });
});

describe("what a rotation has proven", () => {
  const claims = (state: RotationState, there: Imagined = {}) => recorded(state, { holder, ...there });

  it("is claimed for the secret, and the admin's login for the admin secret", async () => {
    const admin = { secretArn: ADMIN, login: "boss" };
    const { noted } = await claims({ plan, phases: { set: set({ logins: ["app_clone", "app"], admin }) } });
    const [app, clone] = ["postgres db:5432 app", "postgres db:5432 app_clone"] as const;
    expect(Object.fromEntries(noted.claims)).toEqual({
      [app]: SECRET,
      [clone]: SECRET,
      "postgres db:5432 boss": ADMIN,
    });
    expect(noted.claimed).toEqual([app, clone]);
  });

  it("is said to a person where it is another secret's by now", async () => {
    const other = { claims: { "postgres db:5432 app": ADMIN }, others: { [ADMIN]: described() } };
    const { found, noted } = await claims(good, other);
    expect(found.record.facts).toEqual([`The secret ${ADMIN} rotates the same login.`]);
    expect(noted.claims.get("postgres db:5432 app")).toBe(ADMIN);
    expect(noted).not.toHaveProperty("claimed");
    const left = { plan, phases: { set: set({ logins: ["app"], left: ["a grant"] }) } };
    const both = await claims(left, other);
    expect(both.found.record.facts).toEqual([expect.stringContaining("a grant"), expect.stringContaining(ADMIN)]);
  });

  it.each<[string, RotationState]>([
    ["Set said nothing", { plan }],
    ["it named no login", { plan, phases: { set: set({ logins: [] }) } }],
    ["the rotation failed", { ...good, failed: { test: caught }, rollBack: rolledBack("rolled back") }],
    ["it was rolled forward", { ...good, failed: { finish: caught }, rollBack: rolledBack("rolled forward") }],
    ["there was no rotation", { ...good, plan: { ...recoverPlan, decision: "note" } }],
  ])("is nothing where %s", async (_, state) => {
    const { noted } = await claims(state);
    expect(noted.claims.size).toBe(0);
    // What it has claimed before stays on record.
    expect(noted).not.toHaveProperty("claimed");
  });
});

describe("phases that failed leave no result, so they", () => {
  const history = [{ name: "set", ms: 5, attempts: 6 }];
  const read = (state: RotationState, readPhases: () => Promise<readonly PhaseRecord[]>) =>
    recorded(state, { holder }, undefined, readPhases);
  const failed: RotationState = { plan, phases: { create: set({}) }, failed: { set: caught } };

  it("are read from the history", async () => {
    const asked: string[] = [];
    const { found } = await read(failed, (async (arn: string) => {
      asked.push(arn);
      return history;
    }) as never);
    expect(found.record.phases).toEqual(history);
    expect(asked).toEqual([OWN]);
    expect((await read({ plan: recoverPlan }, async () => history)).found.record.phases).toEqual(history);
  });

  it("are as they are known where that cannot be read", async () => {
    const { found } = await read(failed, () => Promise.reject(new Error("no history")));
    expect(found.record.phases).toEqual([{ name: "create", ms: 60_000, attempts: 1 }]);
  });

  it("are not looked for where nothing failed", async () => {
    const { found } = await read(good, async () => history);
    expect(found.record.phases).toEqual([{ name: "set", ms: 60_000, attempts: 1 }]);
  });
});

describe("where Plan failed", () => {
  const failed = { failed: { plan: caught } };

  it("the record is of the secret that was asked for, whose lock may be held", async () => {
    const { found } = await recorded(failed, { holder }, { secretId: "shop/orders", requestedBy: "a person" });
    expect(found.record).toMatchObject({ secretArn: SECRET, requestedBy: "a person", outcome: "failed" });
    expect(found).toMatchObject({ ends: "failed", held: true, announce: true });
  });

  it("the record is of the name where there is no such secret", async () => {
    const { found } = await recorded(failed, {}, { secretId: "shop/gone" });
    expect(found.record.secretArn).toBe("shop/gone");
  });

  it.each([{}, null, "of somebody"])(
    "the record is of an unknown secret where nobody can say which: %j",
    async (input) => {
      const { found } = await recorded(failed, {}, input);
      expect(found.record).toMatchObject({ secretArn: "unknown", trigger: "manual" });
    },
  );

  it("of a recovery, the record is that of the execution which it looked after", async () => {
    const { found } = await recorded(failed, { executions: ended }, recovery);
    expect(found).toMatchObject({ ends: "succeeded", announce: true });
    expect(found.record).toMatchObject({
      secretArn: SECRET,
      executionArn: ENDED,
      recoveredBy: OWN,
      outcome: "needs attention",
      startedAt,
    });
  });

  it.each<[string, unknown, Imagined]>([
    ["nobody knows", recovery, {}],
    ["is still running", recovery, { executions: { [ENDED]: { ...ended[ENDED], status: "RUNNING" } } }],
    ["it does not name", { trigger: "recovery" }, {}],
    ["is another machine's", { trigger: "recovery", ended: { executionArn: "arn:other:execution:a:b" } }, {}],
  ])("of a recovery of what %s, nothing is written and nothing told", async (_, input, there) => {
    const { found, noted } = await recorded(failed, { holder, ...there }, input);
    expect(found).toMatchObject({ ends: "succeeded", announce: false, record: { secretArn: "unknown" } });
    expect(noted.records).toEqual([]);
  });
});

describe("a recovery", () => {
  const state: RotationState = { plan: recoverPlan, rollBack: rolledBack("rolled forward") };

  it("is the end of the execution that it looked after, and counts from the beginning of that one", async () => {
    const late = { ...recoverPlan, ended: { ...recoverPlan.ended, startedAt: later(-60) } };
    const { found, noted } = await recorded({ ...state, plan: late }, { holder }, recovery);
    expect(found.record).toMatchObject({ executionArn: ENDED, recoveredBy: OWN, outcome: "rolled forward" });
    expect(noted.last).toMatchObject({ executionArn: ENDED, endedAt, begunAt: later(-60), rotatedAt: endedAt });
  });

  it("has done its work, whatever became of the rotation: it does not call for another", async () => {
    const { found } = await recorded(
      { plan: recoverPlan, rollBack: rolledBack("needs attention") },
      { holder },
      recovery,
    );
    expect(found).toMatchObject({ ends: "succeeded", record: { outcome: "needs attention" } });
  });

  it("tells again what was on record where the lock was held still, and is silent where it was not", async () => {
    const { found: first } = await recorded(state, { holder }, recovery);
    const records = [first.record];
    expect((await recorded(state, { holder, records }, recovery)).found.announce).toBe(true);
    expect((await recorded(state, { records }, recovery)).found).toMatchObject({ announce: false, held: false });
    expect((await recorded(state, {}, recovery)).found.announce).toBe(true);
  });
});

describe("a rotation that is told twice", () => {
  it("is told by its own execution whether it holds the lock or not", async () => {
    const { found } = await recorded(good, {});
    expect(found).toMatchObject({ held: false, announce: true });
    expect((await recorded(good, { records: [found.record] })).found.announce).toBe(true);
  });
});
