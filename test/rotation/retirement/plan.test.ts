import { describe, expect, it } from "vitest";
import type { AuditRecord } from "../../../src/rotation/ledger.js";
import { beginRetirement, planRetirement, retirementRequest } from "../../../src/rotation/retirement/plan.js";
import { CURRENT, described, execution, type Imagined, imagine, LEFT, NOW, PREVIOUS, SECRET } from "../imagined.js";

const ROTATION = execution("rotation");
const record = {
  secretArn: SECRET,
  executionArn: ROTATION,
  outcome: "succeeded",
  strategy: "alternating-users",
  versionId: CURRENT,
  previousVersionId: PREVIOUS,
  endedAt: NOW.toISOString(),
} as AuditRecord;
const labelled = described({ versions: { [CURRENT]: ["AWSCURRENT"], [PREVIOUS]: ["AWSPREVIOUS"] } });
const OWN = "arn:aws:states:eu-central-1:000000000000:execution:retire-secret:own";
const plan = {
  decision: "retire" as const,
  secretArn: SECRET,
  secretName: "shop/orders",
  strategy: "alternating-users" as const,
  rotationArn: ROTATION,
  currentVersionId: CURRENT,
  previousVersionId: PREVIOUS,
  retireAt: NOW.toISOString(),
};
const minutes = (many: number) => new Date(NOW.getTime() + many * 60_000).toISOString();

describe("whether a rotation left a credential to retire", () => {
  const planned = (
    fields: Partial<AuditRecord>,
    graces: Record<string, number>,
    there: Imagined = {},
    restarts = 0,
  ) => {
    const { world } = imagine({ secret: labelled, records: [{ ...record, ...fields }], ...there });
    return planRetirement(world, { secretArn: SECRET, rotationArn: ROTATION, restarts }, graces);
  };

  it.each<[string, Partial<AuditRecord>, Record<string, number>, number]>([
    ["after the schedule's minutes", {}, { nightly: 5 }, 5],
    ["at once, where the schedule says so", {}, { nightly: 0 }, 0],
    ["at once, where the request overrules it", { retireAfterMinutes: 0 }, { nightly: 5 }, 0],
    ["as requested, where no schedule retires", { retireAfterMinutes: 7 }, {}, 7],
    ["of a rotation that was rolled forward", { outcome: "rolled forward" }, { nightly: 5 }, 5],
    ["of two passwords", { strategy: "dual-password" }, { nightly: 5 }, 5],
  ])("%s", async (_, fields, graces, after) => {
    expect(await planned(fields, graces)).toMatchObject({
      decision: "retire",
      rotationArn: ROTATION,
      currentVersionId: CURRENT,
      previousVersionId: PREVIOUS,
      retireAt: minutes(after),
    });
  });

  const api = { for: ["shop/"], of: ["nightly"], holds: 30 };
  const web = { for: ["shop/"], of: ["nightly"], holds: 60 };
  const others = { for: ["crm/"], of: ["nightly"], holds: 600 };

  it.each<[string, Imagined["rules"], Partial<AuditRecord>, unknown]>([
    ["for nobody, where none is declared", {}, {}, undefined],
    ["for nobody of another secret's", { consumers: { others } }, {}, undefined],
    [
      "for nobody whom the deployment lets no retirement wait for",
      { consumers: { api: { ...api, holds: 0 } } },
      {},
      undefined,
    ],
    ["for nobody, where the request says when", { consumers: { api } }, { retireAfterMinutes: 5 }, undefined],
    [
      "for the most patient of its consumers, from its own time on",
      { consumers: { api, web, others, impatient: { ...api, holds: 0 } } },
      {},
      { consumers: ["api", "web"], rotatedAt: NOW.toISOString(), until: minutes(65) },
    ],
  ])("waits %s", async (_, rules, fields, awaits) => {
    const found = await planned(fields, { nightly: 5 }, { rules: rules ?? {} });
    expect(found).toMatchObject({ decision: "retire" });
    expect((found as { awaits?: unknown }).awaits).toEqual(awaits);
  });

  it.each<[string, Partial<AuditRecord>, Record<string, number>, Imagined, string]>([
    ["of which there is no record", { executionArn: execution("never") }, { nightly: 0 }, {}, "NotOnRecord"],
    ["that was rolled back", { outcome: "rolled back" }, { nightly: 0 }, {}, "NotOnRecord"],
    ["that needs attention", { outcome: "needs attention" }, { nightly: 0 }, {}, "NotOnRecord"],
    ["of a single user", { strategy: "single-user" }, { nightly: 0 }, {}, "NothingToRetire"],
    ["of a strategy that there is not", { strategy: "of an attacker" }, { nightly: 0 }, {}, "NothingToRetire"],
    ["of which the new version is not known", { versionId: undefined } as never, { nightly: 0 }, {}, "NothingToRetire"],
    [
      "of which the old one is not known",
      { previousVersionId: undefined } as never,
      { nightly: 0 },
      {},
      "NothingToRetire",
    ],
    ["that left the version as it was", { previousVersionId: CURRENT }, { nightly: 0 }, {}, "NothingToRetire"],
    ["where it is turned on nowhere", {}, {}, {}, "NotTurnedOn"],
    ["where it is turned on for others", {}, { weekly: 0 }, {}, "NotTurnedOn"],
    ["in other hands since", {}, { nightly: 0 }, { secret: { ...labelled, tags: {} } }, "NotManaged"],
    [
      "with a newer one since",
      {},
      { nightly: 0 },
      { secret: described({ versions: { [LEFT]: ["AWSCURRENT"], [CURRENT]: ["AWSPREVIOUS"] } }) },
      "Overtaken",
    ],
    [
      "whose AWSPREVIOUS was moved",
      {},
      { nightly: 0 },
      { secret: described({ versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPREVIOUS"] } }) },
      "PreviousMoved",
    ],
  ])("one %s: nothing is done", async (_, fields, graces, there, reason) => {
    expect(await planned(fields, graces, there)).toMatchObject({ decision: "skip", reason, secretArn: SECRET });
  });

  it("where it is turned on nowhere: nothing is looked up either", async () => {
    const { world } = imagine({ secret: labelled, records: [record] });
    world.secrets.describe = () => Promise.reject(new Error("nothing is to be looked up"));
    const request = { secretArn: SECRET, rotationArn: ROTATION, restarts: 0 };
    expect(await planRetirement(world, request, {})).toMatchObject({ reason: "NotTurnedOn" });
  });

  it("of an execution that is none to be started again: nothing is done", async () => {
    const { world } = imagine({ secret: labelled, records: [record] });
    expect(await planRetirement(world, undefined, { nightly: 0 })).toMatchObject({ reason: "NoSuchExecution" });
  });

  it("is given up once it was cut off four times", async () => {
    expect(await planned({}, { nightly: 0 }, {}, 3)).toMatchObject({ decision: "retire" });
    await expect(planned({}, { nightly: 0 }, {}, 4)).rejects.toMatchObject({
      name: "ConflictError",
      code: "RecoveryGivenUp",
    });
  });
});

describe("when its time has come", () => {
  const OTHER = execution("other");
  const last = { executionArn: ROTATION, outcome: "succeeded" as const, endedAt: NOW.toISOString() };
  const heldFor = (purpose: "rotation" | "retirement") => ({ executionArn: OTHER, since: NOW.toISOString(), purpose });

  it.each<[string, Imagined, object, string | undefined]>([
    ["it is retired, under the lock", { last }, { decision: "retire", newest: true }, OWN],
    [
      "it is retired where a rotation failed since, which is told",
      { last: { ...last, executionArn: OTHER } },
      { decision: "retire", newest: false },
      OWN,
    ],
    ["it is retired where nobody knows of a rotation", {}, { decision: "retire", newest: false }, OWN],
    ["it was retired before", { last, retiredVersionId: PREVIOUS }, { reason: "AlreadyRetired" }, undefined],
    ["another was retired before", { last, retiredVersionId: LEFT }, { decision: "retire" }, OWN],
    ["the secret is in other hands", { secret: { ...labelled, tags: {} } }, { reason: "NotManaged" }, undefined],
    [
      "it is waited for a rotation",
      { holder: heldFor("rotation"), executions: { [OTHER]: {} } },
      { decision: "wait" },
      OTHER,
    ],
    [
      "it is waited for the recovery of a rotation that ended",
      { holder: heldFor("rotation"), executions: { [OTHER]: { status: "ABORTED" } } },
      { decision: "wait" },
      OTHER,
    ],
    [
      "it takes over from a retirement that ended",
      { holder: heldFor("retirement"), executions: { [OTHER]: { status: "ABORTED" } }, last },
      { decision: "retire" },
      OWN,
    ],
  ])("%s", async (_, there, found, holds) => {
    const { world, holder } = imagine({ secret: labelled, ...there });
    expect(await beginRetirement(world, plan, OWN)).toMatchObject(found);
    expect(holder()?.executionArn).toBe(holds);
  });
});

describe("a retirement whose consumers are waited for", () => {
  const rules = { consumers: { api: { for: ["shop/"], of: ["nightly"], holds: 30 } } };
  const told = (startedAt: string, outcome?: "refreshed" | "failed") => ({
    api: { by: "another", startedAt, ...(outcome ? { outcome } : {}) },
  });
  const begun = (there: Imagined, until = minutes(1)) => {
    const awaits = { consumers: ["api"], rotatedAt: NOW.toISOString(), until };
    const { world, holder } = imagine({ secret: labelled, rules, ...there });
    return beginRetirement(world, { ...plan, awaits }, OWN).then((found) => ({ found, held: holder() !== undefined }));
  };

  it.each<[string, Imagined]>([
    ["was never told", {}],
    ["was told before the rotation", { refreshes: told(minutes(-1), "refreshed") }],
    ["is being told", { refreshes: told(minutes(0)) }],
    ["was told in vain", { refreshes: told(minutes(0), "failed") }],
  ])("waits, without the lock, while one %s", async (_, there) => {
    expect(await begun(there)).toEqual({ found: { decision: "wait", for: "consumers" }, held: false });
  });

  it("goes on when all have taken it up", async () => {
    const { found } = await begun({ refreshes: told(minutes(0), "refreshed") });
    expect(found).toEqual({ decision: "retire", newest: false });
  });

  it("goes on when its time is over, and says who has not", async () => {
    const { found, held } = await begun({}, minutes(0));
    expect(found).toEqual({ decision: "retire", newest: false, consumersBehind: ["api"] });
    expect(held).toBe(true);
  });

  it("waits for nobody who is not declared any more", async () => {
    expect((await begun({ rules: {} })).found).toEqual({ decision: "retire", newest: false });
  });
});

describe("what a start of a retirement asks for", () => {
  const machine = "arn:aws:states:eu-central-1:000000000000:execution:retire-secret:";
  const rotation = { secretArn: SECRET, executionArn: ROTATION };
  const read = (input: unknown, executions: Imagined["executions"] = {}) =>
    retirementRequest(imagine({ executions }).world.executions, input, `${machine}own`);
  const again = (name: string) => ({ restartOf: { executionArn: `${machine}${name}` } });
  const ended = (status: string, input: unknown) => ({ status, input: JSON.stringify(input) });

  it("is what a rotation left, and how often it was begun", async () => {
    expect(await read({ rotation })).toEqual({ secretArn: SECRET, rotationArn: ROTATION, restarts: 0 });
    const executions = {
      [`${machine}b`]: ended("TIMED_OUT", again("a")),
      [`${machine}a`]: ended("ABORTED", { rotation }),
    };
    expect(await read(again("b"), executions)).toMatchObject({ rotationArn: ROTATION, restarts: 2 });
  });

  it.each([
    ["never was", {}],
    ["has not ended", { [`${machine}a`]: ended("RUNNING", { rotation }) }],
    ["ended by itself", { [`${machine}a`]: ended("FAILED", { rotation }) }],
    ["names itself", { [`${machine}a`]: ended("ABORTED", again("a")) }],
  ])("is nothing where the one before %s", async (_, executions) => {
    expect(await read(again("a"), executions)).toBeUndefined();
  });

  it("is followed as far as retirements are started again, and no further", async () => {
    const executions = Object.fromEntries(
      ["a", "b", "c", "d", "e"].map((name, nth, all) => [
        `${machine}${name}`,
        ended("ABORTED", nth === 0 ? { rotation } : again(all[nth - 1] as string)),
      ]),
    );
    expect(await read(again("d"), executions)).toMatchObject({ restarts: 4 });
    expect(await read(again("e"), executions)).toBeUndefined();
  });

  it("is refused where the one before was started with no JSON", async () => {
    const executions = { [`${machine}a`]: { status: "ABORTED", input: "of somebody" } };
    await expect(read(again("a"), executions)).rejects.toMatchObject({
      code: "InvalidRequest",
      message: expect.stringContaining('"input"'),
    });
  });

  it("is nothing where the one before is another machine's", async () => {
    const executions = { [ROTATION]: ended("ABORTED", { rotation }) };
    expect(await read({ restartOf: { executionArn: ROTATION } }, executions)).toBeUndefined();
  });
});
