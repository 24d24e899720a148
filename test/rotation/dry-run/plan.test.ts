import { describe, expect, it } from "vitest";
import { planCheck } from "../../../src/rotation/dry-run/plan.js";
import { ADMIN, OWN, OWN_VERSION, worldOf } from "../imagined/rotation.js";
import {
  asked,
  CURRENT,
  daysAgo,
  described,
  execution,
  type Imagined,
  imagine,
  NOW,
  SECRET,
  value,
} from "../imagined.js";

const OTHER = execution("other");
const held = (purpose: "rotation" | "retirement" = "rotation") => ({
  executionArn: OTHER,
  since: NOW.toISOString(),
  purpose,
});
const last = {
  executionArn: "before",
  outcome: "succeeded" as const,
  endedAt: daysAgo(1).toISOString(),
  begunAt: daysAgo(1).toISOString(),
  rotatedAt: daysAgo(1).toISOString(),
};

async function looked(there: Imagined = {}, request = {}) {
  const { world, did, noted } = imagine(there);
  const before = JSON.stringify(noted);
  const found = await planCheck(world, asked(request), OWN);
  // Nothing is written, not even the lock.
  expect(did).toEqual([]);
  expect(JSON.stringify(noted)).toBe(before);
  return found;
}

const checksOf = ({ checks }: Awaited<ReturnType<typeof looked>>) =>
  checks.map(({ phase, check, ok, code }) => [phase, check, ok, ...(code ? [code] : [])].join(" "));

describe("the plan of a dry run", () => {
  it("is that of a rotation, which is not begun", async () => {
    const found = await looked();
    expect(found).toMatchObject({
      decision: "check",
      secretArn: SECRET,
      secretName: "shop/orders",
      request: { trigger: "manual", askedAt: NOW.toISOString() },
      reason: "Started",
      message: expect.stringContaining("a new credential is made"),
      facts: [],
      rotating: false,
      rotation: {
        decision: "rotate",
        secretArn: SECRET,
        secretName: "shop/orders",
        request: { trigger: "manual" },
        strategy: "single-user",
        versionId: OWN_VERSION,
        currentVersionId: CURRENT,
      },
    });
    expect(checksOf(found)).toEqual([
      "plan PasswordPolicy true",
      "plan UserName true",
      "plan LoginUnclaimed true",
      "plan Plan true",
    ]);
  });

  it("looks at the admin, the readers and the replicas where there are any", async () => {
    const tags = { "keyturn:readers": "replica" };
    const there = worldOf("alternating-users", { tags, rules: { readers: ["replica"] } });
    const secret = { ...there.secret, replicas: 1 } as Imagined["secret"];
    expect(checksOf(await looked({ ...there, ...(secret ? { secret } : {}) }))).toEqual([
      "plan PasswordPolicy true",
      "plan UserName true",
      "plan LoginUnclaimed true",
      "plan AdminOffered true",
      "plan ReadersAllowed true",
      "plan Plan true",
      "plan ReplicasInSync true",
    ]);
  });

  it("goes on after what is wrong, so that all of it is told at once", async () => {
    const there = worldOf("alternating-users", {
      values: { [CURRENT]: { ...value, masterarn: ADMIN, username: "u".repeat(64) } },
      claims: { [`postgres db:5432 ${"u".repeat(63)}`]: ADMIN },
      others: { [ADMIN]: described({ arn: ADMIN }) },
    });
    const tags = { ...there.secret?.tags, "keyturn:readers": "elsewhere", "keyturn:password-length": "4" };
    const found = await looked({ ...there, secret: described({ tags, replicas: 1, replicasFailed: ["eu-west-1"] }) });
    expect(checksOf(found)).toEqual([
      "plan PasswordPolicy false PasswordPolicyImpossible",
      "plan UserName false UsernameTooLong",
      "plan LoginUnclaimed false SharedLogin",
      "plan AdminOffered false AdminNotOffered",
      "plan ReadersAllowed false ReaderNotAllowed",
      "plan Plan true",
      "plan ReplicasInSync false ReplicasOutOfSync",
    ]);
  });

  it.each<[string, Imagined, object, string]>([
    ["of a secret that is not Keyturn's", { secret: described({ tags: {} }) }, {}, "NotManaged"],
    ["of another schedule's", {}, { trigger: "schedule", schedule: "weekly" }, "OtherSchedule"],
  ])("%s: there is none", async (_, there, request, code) => {
    await expect(looked(there, request)).rejects.toMatchObject({ name: "ConflictError", code });
  });

  it("of one that Secrets Manager rotates by another function: it says so, and looks at all the rest", async () => {
    const found = await looked({ secret: described({ rotationEnabled: true }) });
    expect(checksOf(found).at(-1)).toBe("plan Plan false NativeRotationOn");
    expect(found.rotation).toMatchObject({ decision: "rotate" });
  });

  it.each<[string, Imagined, object, readonly unknown[], boolean]>([
    [
      "it is not due",
      { last },
      { dueAfterDays: 30 },
      [expect.stringContaining("The secret was rotated too recently to be due. It is due at ")],
      false,
    ],
    [
      "it was rotated since it was asked for",
      { last },
      { askedAt: daysAgo(2) },
      ["A rotation of the secret has begun after this one had been asked for, and succeeded."],
      false,
    ],
    [
      "another execution is rotating it",
      { holder: held(), executions: { [OTHER]: {} } },
      {},
      ["Another execution is rotating the secret now."],
      true,
    ],
    [
      "its lock was left behind",
      { holder: held(), executions: { [OTHER]: { status: "ABORTED" } } },
      {},
      [expect.stringContaining("brought to rest first")],
      false,
    ],
  ])("goes on where %s, and tells why a start would do nothing", async (_, there, request, facts, rotating) => {
    expect(await looked(there, request)).toMatchObject({ decision: "check", facts, rotating });
  });
});
