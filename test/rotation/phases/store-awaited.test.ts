import { describe, expect, it } from "vitest";
import { storeAwaited } from "../../../src/rotation/phases/store-awaited.js";
import { rotationFunctionOf } from "../../../src/rotation/rotation-function.js";
import { plan } from "../imagined/rotation.js";
import {
  CURRENT,
  described,
  execution,
  type Imagined,
  imagine,
  LEFT,
  NOW,
  PREVIOUS,
  SECRET,
  value,
} from "../imagined.js";

const RUNNING = execution("running");
const holder = { executionArn: RUNNING, since: NOW.toISOString(), purpose: "rotation" as const };
const native = { rotationEnabled: true, rotationFunction: rotationFunctionOf(SECRET, { stage: "dev" }) };
const secret = (fields: object = {}) =>
  described({ ...native, versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] }, ...fields });
const awaited: Imagined = {
  secret: secret(),
  holder,
  versionId: LEFT,
  executions: { [RUNNING]: {} },
};
const event = { plan: { ...plan, versionId: LEFT, password: { passwordLength: 8 } }, prepared: { username: "app" } };

describe("whoever invokes the function has it store", () => {
  it("the version that a running rotation writes, by the secret's own tags", async () => {
    const there = imagine({
      ...awaited,
      secret: secret({ tags: { ...described().tags, "keyturn:password-length": "40" } }),
    });
    expect(await storeAwaited(there.world, event)).toEqual({ created: true });
    expect(there.held(LEFT)).toMatchObject({ username: "app", password: expect.stringMatching(/^.{40}$/) });
  });

  it("a new password, whatever old one the caller says is to come back", async () => {
    const long = "2999-01-01T00:00:00.000Z";
    const restores = { versionId: PREVIOUS, storedBefore: long, currentStoredBefore: long };
    const there = imagine({
      ...awaited,
      values: { [PREVIOUS]: { ...value, password: "the one before" } },
      rules: { restore: true },
    });
    await storeAwaited(there.world, { ...event, plan: { ...event.plan, restores } });
    expect(there.held(LEFT)).toMatchObject({ username: "app", password: expect.not.stringMatching("the one before") });
  });

  it("nothing of a secret that nobody rotates, and nothing before its version is noted", async () => {
    const { holder: _, ...free } = awaited;
    const { versionId: __, ...early } = awaited;
    for (const there of [free, early])
      await expect(storeAwaited(imagine(there).world, event)).rejects.toMatchObject({ code: "NotAwaited" });
  });

  it.each<[string, Imagined, object?]>([
    ["nothing of one whose rotation has ended", { executions: { [RUNNING]: { status: "ABORTED" } } }],
    ["nothing of one that is being recovered", { holder: { ...holder, recovers: { executionArn: "a", time: 1 } } }],
    ["nothing during a retirement", { holder: { ...holder, purpose: "retirement" } }],
    ["no other version than the one that is written", { versionId: CURRENT }],
    ["nothing of one that Secrets Manager does not rotate", { secret: secret({ rotationEnabled: false }) }],
    [
      "nothing of one that another function rotates",
      { secret: secret({ rotationFunction: "arn:aws:lambda:::function:x" }) },
    ],
    ["nothing of one that is not ours", { secret: secret({ tags: {} }) }],
    [
      "nothing in a version without AWSPENDING",
      { secret: secret({ versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: [] } }) },
    ],
    ["nothing by another AWSCURRENT", {}, { currentVersionId: LEFT }],
  ])("%s", async (_, fields, planned = {}) => {
    const { world, held } = imagine({ ...awaited, ...fields });
    const asked = { ...event, plan: { ...event.plan, ...planned } };
    await expect(storeAwaited(world, asked)).rejects.toMatchObject({ name: "ConflictError", code: "NotAwaited" });
    expect(held(LEFT)).toBeNull();
  });
});
