import { describe, expect, it } from "vitest";
import { judgePending } from "../../../src/rotation/plan/judge-pending.js";
import { parseSecret } from "../../../src/secrets/format.js";
import { CURRENT, described, imagine, LEFT, value } from "../imagined.js";

const OWN = "version-that-is-to-be-made-000000000";
const parsed = (fields: object = {}) => parseSecret(JSON.stringify({ ...value, ...fields }), "secret");

/** Judges what stands under AWSPENDING; `undefined`: nothing does. */
function judged(left: unknown, strategy: "single-user" | "alternating-users" | "dual-password", secret = parsed()) {
  const versions = { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] };
  const { world } = imagine({ values: { [LEFT]: left } });
  return judgePending(world, described({ versions }), {
    versionId: OWN,
    currentVersionId: CURRENT,
    secret,
    strategy,
  });
}

const next = { ...value, password: "made-by-a-rotation-that-died" };

describe("where Secrets Manager rotates the secret, too", () => {
  const now = {
    versionId: OWN,
    currentVersionId: CURRENT,
    secret: parsed(),
    strategy: "single-user",
    native: true,
  } as const;
  const versions = (left: readonly string[]) => described({ versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: left } });

  it("an empty version under AWSPENDING is the one that it waits for", async () => {
    const found = await judgePending(imagine().world, versions(["AWSPENDING"]), now);
    expect(found).toMatchObject({ versionId: LEFT, resumed: false, native: "begun", reason: "Started" });
  });

  it("it has to be told to begin where nothing stands under it", async () => {
    const found = await judgePending(imagine().world, versions(["MINE"]), now);
    expect(found).toMatchObject({ versionId: OWN, native: "to begin", reason: "Started" });
  });

  it("a version that was left is in its way, and what becomes current is new", async () => {
    const found = await judgePending(imagine({ values: { [LEFT]: next } }).world, versions(["AWSPENDING"]), now);
    expect(found).toMatchObject({ versionId: OWN, leftVersionId: LEFT, resumed: true });
    expect(found).not.toHaveProperty("native");
  });
});

describe("AWSPENDING that was left", () => {
  it.each([
    ["for the login itself", next, "single-user", "Resumed"],
    ["for the login itself, with two passwords", next, "dual-password", "Resumed"],
    ["for the other of the pair", { ...next, username: "app_clone" }, "alternating-users", "Resumed"],
    ["with the port that the engine has anyway", { ...next, port: 5432 }, "single-user", "StalePending"],
    ["with another database", { ...next, dbname: "old" }, "single-user", "StalePending"],
    ["with a note that has gone since", { ...next, note: "by hand" }, "single-user", "StalePending"],
    ["without TLS, which the server of AWSCURRENT has", { ...next, ssl: false }, "single-user", "StalePending"],
    ["with the host in capitals", { ...next, host: "DB" }, "single-user", "StalePending"],
  ] as const)("%s is the way in, and what becomes current is new", async (_, left, strategy, reason) => {
    expect(await judged(left, strategy)).toMatchObject({ versionId: OWN, resumed: true, leftVersionId: LEFT, reason });
  });

  it.each([
    ["on an empty version", undefined, "single-user", "EmptyPending"],
    ["for the user in use", next, "alternating-users", "SupersededPending"],
  ] as const)("%s is replaced", async (_, left, strategy, reason) => {
    const found = await judged(left, strategy);
    expect(found).toMatchObject({ versionId: OWN, resumed: false, reason });
    expect(found).not.toHaveProperty("leftVersionId");
  });

  it.each([
    ["what is not JSON", "of somebody's", "single-user"],
    ["what is no credential", { team: "shop" }, "single-user"],
    ["another host", { ...next, host: "elsewhere" }, "single-user"],
    ["another port", { ...next, port: 5433 }, "single-user"],
    ["another engine", { ...next, engine: "mysql" }, "single-user"],
    ["another user", { ...next, username: "somebody" }, "single-user"],
    ["the other of a pair that there is not", { ...next, username: "app_clone" }, "single-user"],
    ["a user that is none of the pair", { ...next, username: "somebody" }, "alternating-users"],
    ["the clone of a clone", { ...next, username: "app_clone_clone" }, "alternating-users"],
  ] as const)("for %s is left alone", async (_, left, strategy) => {
    await expect(judged(left, strategy)).rejects.toMatchObject({ name: "ConflictError", code: "ForeignPending" });
  });

  it("proven by TLS is not given to a server without; one without is", async () => {
    const current = parsed({ ssl: false });
    await expect(judged(next, "single-user", current)).rejects.toMatchObject({ code: "ForeignPending" });
    expect(await judged({ ...next, ssl: false }, "single-user", current)).toMatchObject({ reason: "Resumed" });
  });

  it.each([
    ["nothing stands under it", { [CURRENT]: ["AWSCURRENT"] }],
    ["it is on the current version", { [CURRENT]: ["AWSCURRENT", "AWSPENDING"] }],
  ])("means nothing where %s", async (_, versions) => {
    const now = { versionId: OWN, currentVersionId: CURRENT, secret: parsed(), strategy: "single-user" as const };
    const found = await judgePending(imagine().world, described({ versions }), now);
    expect(found).toMatchObject({ versionId: OWN, resumed: false, reason: "Started" });
  });
});
