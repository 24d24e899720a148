import { describe, expect, it } from "vitest";
import type { LastRotation } from "../../../src/rotation/ledger.js";
import { readRestored } from "../../../src/rotation/phases/read-restored.js";
import { restorable } from "../../../src/rotation/plan/restore.js";
import type { RotatePlan } from "../../../src/rotation/plans.js";
import type { Reach } from "../../../src/rotation/ports.js";
import { parseSecret } from "../../../src/secrets/format.js";

const [BEGUN, ENDED] = ["2026-03-01T02:00:00.000Z", "2026-03-01T02:00:09.000Z"];
const VERSIONS = { new: ["AWSCURRENT"], old: ["AWSPREVIOUS"] };
const LAST: LastRotation = {
  ...{ executionArn: "arn", outcome: "succeeded", endedAt: ENDED, begunAt: BEGUN, rotatedAt: ENDED },
  ...{ madeCurrent: "new", replaced: "old" },
};
const { replaced: _, ...UNPROVEN } = LAST;

describe("what may be brought back", () => {
  const of = (
    last: LastRotation | undefined,
    versions: Record<string, string[]> = VERSIONS,
    strategy: RotatePlan["strategy"] = "single-user",
    retiredVersionId?: string,
    restore = true,
  ) =>
    restorable(
      { versions },
      { currentVersionId: "new", strategy },
      { ...(last ? { last } : {}), ...(retiredVersionId ? { retiredVersionId } : {}) },
      { restore },
    );
  const refused = (...of_: Parameters<typeof of>) => {
    try {
      return of(...of_);
    } catch (error) {
      return (error as { code?: string }).code;
    }
  };

  it("is what the newest rotation took the place of", () =>
    expect(of(LAST)).toEqual({ versionId: "old", storedBefore: BEGUN, currentStoredBefore: ENDED }));

  it("is so after one that failed since", () =>
    expect(of({ ...LAST, outcome: "rolled back", failures: 1 })).toMatchObject({ versionId: "old" }));

  it.each<[string, Parameters<typeof of>, string]>([
    ["that was never rotated", [undefined], "NothingToRestore"],
    ["whose rotation did not prove what was there", [UNPROVEN], "NothingToRestore"],
    ["that somebody else changed since", [{ ...LAST, madeCurrent: "other" }], "NothingToRestore"],
    ["whose label was moved", [LAST, { new: ["AWSCURRENT"], chosen: ["AWSPREVIOUS"] }], "NothingToRestore"],
    ["whose label is gone", [LAST, { new: ["AWSCURRENT"], old: [] }], "NothingToRestore"],
    ["that leaked", [{ ...LAST, retireAfterMinutes: 0 }], "PreviousRetired"],
    ["that was retired", [LAST, VERSIONS, "alternating-users", "old"], "PreviousRetired"],
    ["of a deployment that does not let it be", [LAST, VERSIONS, "single-user", undefined, false], "RestoreNotAllowed"],
    ["with two passwords", [LAST, VERSIONS, "dual-password"], "RestoreUnsupported"],
  ])("is nothing of a secret %s", (_, given, code) => expect(refused(...given)).toBe(code));

  it("is nothing of a secret that Secrets Manager rotates, whose function anybody may invoke who may have it rotated", () => {
    const native = { currentVersionId: "new", strategy: "single-user", native: "to begin" } as const;
    expect(() => restorable({ versions: VERSIONS }, native, { last: LAST }, { restore: true })).toThrow(
      /^RestoreUnsupported/,
    );
  });
});

describe("the credential that comes back", () => {
  const secret = { engine: "postgres", host: "db.example", port: 5432, username: "app", password: "current" };
  const old = { ...secret, password: "before" };
  const read = (previous: object, at: { old?: string; new?: string } = {}) => {
    const stored: Record<string, { text: string; createdAt: Date }> = {
      old: { text: JSON.stringify(previous), createdAt: new Date(at.old ?? "2026-02-01T00:00:00Z") },
      new: { text: JSON.stringify(secret), createdAt: new Date(at.new ?? "2026-03-01T02:00:03Z") },
    };
    const reach = {
      secrets: { version: async (_: string, id: string) => stored[id] },
      databases: { engine: () => ({ name: "postgres" }) },
    } as unknown as Reach;
    const restores = { versionId: "old", storedBefore: BEGUN, currentStoredBefore: ENDED };
    const plan = { secretArn: "arn", secretName: "shop/orders", currentVersionId: "new", restores };
    return readRestored(reach, plan as unknown as RotatePlan, parseSecret(JSON.stringify(secret), "it"), "app").catch(
      ({ code }) => code,
    );
  };

  it("is that of the version", async () => expect(await read(old)).toEqual({ username: "app", password: "before" }));

  it.each<[string, Parameters<typeof read>, string]>([
    ["the version was stored anew since", [old, { old: "2026-03-02T00:00:00Z" }], "PreviousChanged"],
    ["AWSCURRENT was stored anew since", [old, { new: "2026-03-02T00:00:00Z" }], "PreviousChanged"],
    ["it is of another server", [{ ...old, host: "elsewhere.example" }], "ForeignPrevious"],
    ["it is of another user", [{ ...old, username: "postgres" }], "ForeignPrevious"],
  ])("is none where %s", async (_, given, code) => expect(await read(...given)).toBe(code));
});
