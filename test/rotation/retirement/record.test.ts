import { describe, expect, it } from "vitest";
import type { RetirePlan } from "../../../src/rotation/plans.js";
import { type RetirementState, recordRetirement } from "../../../src/rotation/retirement/record.js";
import { CURRENT, execution, type Imagined, imagine, NOW, PREVIOUS, SECRET } from "../imagined.js";

const OWN = "arn:aws:states:eu-central-1:000000000000:execution:retire-secret:own";
const ROTATION = execution("rotation");
const times = { startedAt: NOW.toISOString(), endedAt: new Date(NOW.getTime() + 1_000).toISOString() };
const input = { rotation: { secretArn: SECRET, executionArn: ROTATION } };
const plan: RetirePlan = {
  decision: "retire",
  secretArn: SECRET,
  secretName: "shop/orders",
  strategy: "alternating-users",
  rotationArn: ROTATION,
  currentVersionId: CURRENT,
  previousVersionId: PREVIOUS,
  retireAt: NOW.toISOString(),
};
const report = { engine: "postgres", username: "app_clone", by: "the admin" as const };
const caught = { Error: "ConflictError", Cause: JSON.stringify({ errorMessage: "StillValid: It gets in." }) };
const holder = { executionArn: OWN, since: NOW.toISOString(), purpose: "retirement" as const };

const recorded = async (state: RetirementState, there: Imagined = { holder }, asked: unknown = input) => {
  const { world, noted } = imagine(there);
  const found = await recordRetirement(world, state, { executionArn: OWN, ...times, input: asked });
  return { ...found, noted, world };
};

describe("the record of a retirement", () => {
  it("says what was retired; the lock is given back, and the version remembered", async () => {
    const { record, noted } = await recorded({ plan, retired: { report: { ...report, sessions: 0 } } });
    expect(record).toEqual({
      secretArn: SECRET,
      secretName: "shop/orders",
      executionArn: OWN,
      rotationArn: ROTATION,
      outcome: "retired",
      reason: "Retired",
      message: "The database refuses the old credential and lets the current one in.",
      strategy: "alternating-users",
      previousVersionId: PREVIOUS,
      versionId: CURRENT,
      engine: "postgres",
      username: "app_clone",
      sessions: 0,
      ...times,
    });
    expect(noted).toMatchObject({ holder: undefined, retiredVersionId: PREVIOUS, retirements: [record] });
  });

  it("says which consumers were behind", async () => {
    const begun = { decision: "retire", newest: true, consumersBehind: ["api"] } as const;
    const { record } = await recorded({ plan, now: { begun }, retired: { report } });
    expect(record).toMatchObject({ outcome: "retired", consumersBehind: ["api"] });
    const other = await recorded({ plan, now: { begun: { decision: "wait" } }, retired: { report } });
    expect(other.record).not.toHaveProperty("consumersBehind");
  });

  it("leaves out what is not known", async () => {
    const { record } = await recorded({ plan, retired: { report } });
    expect(record).not.toHaveProperty("sessions");
  });

  it("says of what it failed; the lock is given back, and nothing is remembered", async () => {
    const { record, error, cause, noted } = await recorded({ plan, failed: { retire: caught } });
    const told = { name: "ConflictError", code: "StillValid", message: "It gets in." };
    expect(record).toMatchObject({ outcome: "failed", reason: "StillValid", message: "It gets in.", error: told });
    expect(record).not.toHaveProperty("username");
    expect({ error, cause }).toEqual({ error: "ConflictError", cause: "StillValid: It gets in." });
    expect(noted).toMatchObject({ holder: undefined, retiredVersionId: undefined });
  });

  it("is written once: called again it tells the first", async () => {
    const first = await recorded({ plan, failed: { retire: caught } });
    const execution = { executionArn: OWN, ...times, input };
    const again = await recordRetirement(first.world, { plan, retired: { report } }, execution);
    expect(again).toMatchObject({ record: first.record, error: "ConflictError" });
    expect(first.noted.retirements).toHaveLength(1);
  });

  it("is of what was asked for, where Plan failed", async () => {
    const { record } = await recorded({ failed: { plan: caught } });
    expect(record).toMatchObject({ secretArn: SECRET, rotationArn: ROTATION, outcome: "failed" });
    for (const key of ["secretName", "strategy", "previousVersionId", "engine"]) expect(record).not.toHaveProperty(key);
  });

  it("is of an unknown secret, where nobody can say which was meant", async () => {
    const { record, error } = await recorded({ failed: { plan: caught } }, {}, "of somebody");
    expect(record).toMatchObject({ secretArn: "unknown", outcome: "failed" });
    expect(record).not.toHaveProperty("rotationArn");
    expect(error).toBe("ConflictError");
  });

  it("has a name for an end that has no error", async () => {
    expect(await recorded({ plan, retired: { report } })).toMatchObject({
      error: "RetirementFailed",
      cause: expect.stringMatching(/^Retired: The database refuses/),
    });
  });
});
