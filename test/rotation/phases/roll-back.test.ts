import { describe, expect, it } from "vitest";
import type { StrategyName } from "../../../src/engines/engine.js";
import { KeyturnError } from "../../../src/errors.js";
import { recover } from "../../../src/rotation/phases/recover.js";
import { type FailedPhase, rollBack } from "../../../src/rotation/phases/roll-back.js";
import type { RecoverPlan, RotatePlan } from "../../../src/rotation/plans.js";
import { type ImaginedLogin, refusal } from "../imagined/databases.js";
import { OWN_VERSION, planned, valueFor, worldOf } from "../imagined/rotation.js";
import { CURRENT, described, type Imagined, imagine, LEFT, PREVIOUS, SECRET, value } from "../imagined.js";

const NEW = "p4ss-that-create-secret-has-stored";
const OLD = value.password;
const BOTH_KEPT = expect.stringContaining(
  "both versions are kept, under KEYTURN_KEPT_CURRENT and KEYTURN_KEPT_PENDING",
);
const REFUSED = "The database refused the credential under AWSCURRENT.";

type Passwords = Readonly<Record<string, ImaginedLogin["passwords"]>>;
const logins = (passwords: Passwords) =>
  Object.fromEntries(Object.entries(passwords).map(([name, taken]) => [name, { passwords: taken }]));

/** A rotation that has stored its credential when it fails, on a server that takes these passwords. */
async function failed(
  passwords: Passwords,
  strategy: StrategyName = "single-user",
  more: Parameters<typeof worldOf>[1] = {},
) {
  const world = await planned(worldOf(strategy, { ...more, logins: { ...logins(passwords), ...more.logins } }));
  const username = strategy === "alternating-users" ? "app_clone" : "app";
  world.store(OWN_VERSION, { ...world.held(CURRENT), username, password: NEW });
  world.move("AWSPENDING", OWN_VERSION);
  return world;
}

const ABOUT = { versionId: OWN_VERSION, previousVersionId: CURRENT, engine: "postgres", strategy: "single-user" };
const KEPT = {
  [CURRENT]: ["AWSCURRENT", "KEYTURN_KEPT_CURRENT"],
  [OWN_VERSION]: ["AWSPENDING", "KEYTURN_KEPT_PENDING"],
};

describe("a rotation that failed", () => {
  it.each(["create", "unknown"] as const)("in %s before it had stored anything has changed nothing", async (phase) => {
    const { world, plan, did, labels } = await planned();
    expect(await rollBack(world, plan, phase)).toEqual({
      ...ABOUT,
      outcome: "failed",
      facts: ["No new version was stored, so the database was not touched."],
    });
    expect(did).toEqual([]);
    expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"] });
  });

  it.each<FailedPhase>(["create", "replicate", "set", "test", "finish", "unknown"])(
    "in %s, before the database was changed, is rolled back without a change of it",
    async (phase) => {
      const { world, plan, did, labels, passwords } = await failed({ app: [OLD] });
      expect(await rollBack(world, plan, phase)).toEqual({
        ...ABOUT,
        outcome: "rolled back",
        facts: ["AWSCURRENT logs in.", "AWSPENDING was taken off the new version."],
      });
      expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"] });
      expect(passwords("app")).toEqual([OLD]);
      expect(did.filter((what) => what.startsWith("set"))).toEqual([]);
    },
  );

  it.each<FailedPhase>(["create", "replicate", "set", "test"])(
    "in %s, after the database was changed, is rolled back: the old password is set again and proven",
    async (phase) => {
      const { world, plan, did, labels, passwords } = await failed({ app: [NEW] });
      expect(await rollBack(world, plan, phase)).toEqual({
        ...ABOUT,
        outcome: "rolled back",
        facts: [
          REFUSED,
          "The password under AWSCURRENT was set again in the database, by the user itself.",
          "AWSCURRENT logs in.",
          "AWSPENDING was taken off the new version.",
        ],
      });
      expect(passwords("app")).toEqual([OLD]);
      expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"] });
      expect(did.slice(-2)).toEqual(["login app", `drop AWSPENDING from ${OWN_VERSION}`]);
    },
  );

  it.each<FailedPhase>(["finish", "unknown"])(
    "in %s, where the new credential works, is rolled forward",
    async (phase) => {
      const { world, plan, labels, passwords } = await failed({ app: [NEW] });
      expect(await rollBack(world, plan, phase)).toEqual({
        ...ABOUT,
        outcome: "rolled forward",
        facts: ["The new credential logs in, so AWSCURRENT was moved to it."],
      });
      expect(passwords("app")).toEqual([NEW]);
      expect(labels()).toEqual({ [OWN_VERSION]: ["AWSCURRENT", "AWSPENDING"], [CURRENT]: ["AWSPREVIOUS"] });
    },
  );

  it.each<FailedPhase>(["set", "finish"])("in %s after AWSCURRENT had moved is rolled forward", async (phase) => {
    const { world, plan, move, labels } = await failed({ app: [NEW] });
    move("AWSCURRENT", OWN_VERSION);
    expect(await rollBack(world, plan, phase)).toEqual({
      ...ABOUT,
      outcome: "rolled forward",
      facts: ["AWSCURRENT had moved to the new version already, and it logs in."],
    });
    expect(labels()).toEqual({ [OWN_VERSION]: ["AWSCURRENT", "AWSPENDING"] });
  });

  it("is brought to rest once, however often it is called", async () => {
    const { world, plan, labels, passwords } = await failed({ app: [NEW] });
    await rollBack(world, plan, "set");
    expect(await rollBack(world, plan, "set")).toMatchObject({ outcome: "rolled back" });
    expect(passwords("app")).toEqual([OLD]);
    expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"] });
  });

  it("takes off what an earlier one kept for a person, once it is at rest", async () => {
    const { world, plan, move, labels } = await failed({ app: [OLD] });
    move("KEYTURN_KEPT_CURRENT", CURRENT);
    move("KEYTURN_KEPT_PENDING", LEFT);
    await rollBack(world, plan, "set");
    expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"] });
  });
});

describe("going forward", () => {
  const tags = { "keyturn:probe": "select 1", "keyturn:readers": "replica" };
  const rules = { readers: ["replica"] };
  const finishing = async (at: string, error: Error) => {
    const happens = (what: string) => {
      if (what === at) throw error;
    };
    const { world, plan, passwords } = await failed({ app: [NEW] }, "single-user", { tags, rules, happens });
    const result = await rollBack(world, plan, "finish").catch((thrown) => thrown);
    return { result, passwords: passwords("app") };
  };

  it("takes the secret's own probes and readers, too", async () => {
    const { world, plan, did } = await failed({ app: [NEW] }, "single-user", { tags, rules });
    expect(await rollBack(world, plan, "finish")).toMatchObject({ outcome: "rolled forward" });
    expect(did).toEqual([
      "login app",
      "login app",
      "probe select 1 by app",
      "login app at replica",
      `move AWSCURRENT to ${OWN_VERSION}`,
    ]);
  });

  it.each([
    ["a probe fails", "probe select 1 by app", refusal("InvalidSecretError", "ProbeFailed")],
    ["a reader refuses it", "login app at replica", refusal("CredentialRejectedError", "LoginRefused")],
    ["a reader is away", "login app at replica", refusal("TransientError", "HostUnreachable")],
  ])("is not the way where %s: it goes back", async (_, at, error) => {
    const { result, passwords } = await finishing(at, error);
    expect(result).toMatchObject({ outcome: "rolled back" });
    expect(passwords).toEqual([OLD]);
  });

  it.each([
    ["the server is away", refusal("TransientError", "DatabaseAway")],
    ["something is wrong with us", new TypeError("of ours")],
  ])("is not judged while %s", async (_, error) => {
    const { result, passwords } = await finishing("probe select 1 by app", error);
    expect(result).toBe(error);
    expect(passwords).toEqual([NEW]);
  });

  it("is not the way where somebody moved AWSCURRENT before", async () => {
    const { world, plan, move, store, labels } = await failed({ app: [NEW, "p4ss-of-somebody"] });
    store(LEFT, { ...value, password: "p4ss-of-somebody" });
    move("AWSCURRENT", LEFT);
    expect(await rollBack(world, plan, "finish")).toMatchObject({ outcome: "rolled back" });
    expect(labels()).toEqual({ [LEFT]: ["AWSCURRENT"] });
  });

  it("is not the way where somebody moves AWSCURRENT meanwhile", async () => {
    const happens = (what: string) => {
      if (what === `move AWSCURRENT to ${OWN_VERSION}`) world.move("AWSCURRENT", PREVIOUS);
    };
    const world = await failed({ app: [NEW, OLD] }, "single-user", { happens });
    expect(await rollBack(world.world, world.plan, "finish")).toMatchObject({ outcome: "rolled back" });
    expect(world.labels()).toEqual({ [PREVIOUS]: ["AWSCURRENT"] });
  });

  it("is not the way for a version that somebody has changed in more than the credential", async () => {
    const { world, plan, store, passwords } = await failed({ app: [NEW] });
    store(OWN_VERSION, { ...value, password: NEW, note: "by hand" });
    expect(await rollBack(world, plan, "finish")).toMatchObject({ outcome: "rolled back" });
    expect(passwords("app")).toEqual([OLD]);
  });
});

describe("what needs a person", () => {
  it("is a password that someone else has set, and both versions are kept", async () => {
    const { world, plan, did, labels } = await failed({ app: ["p4ss-of-somebody"] });
    expect(await rollBack(world, plan, "set")).toEqual({
      ...ABOUT,
      outcome: "needs attention",
      facts: [REFUSED, "It refuses the one under AWSPENDING too: someone else changed the password.", BOTH_KEPT],
    });
    expect(labels()).toEqual(KEPT);
    expect(did).toEqual([
      "login app",
      "login app",
      `keep KEYTURN_KEPT_CURRENT on ${CURRENT}`,
      `keep KEYTURN_KEPT_PENDING on ${OWN_VERSION}`,
    ]);
    expect(await rollBack(world, plan, "set")).toMatchObject({ outcome: "needs attention" });
    expect(labels()).toEqual(KEPT);
  });

  it("moves the labels from what an earlier one kept", async () => {
    const { world, plan, move, labels } = await failed({ app: ["p4ss-of-somebody"] });
    move("KEYTURN_KEPT_CURRENT", LEFT);
    move("KEYTURN_KEPT_PENDING", PREVIOUS);
    await rollBack(world, plan, "set");
    expect(labels()).toEqual(KEPT);
  });

  it("is what a phase has found so, without another login that could bar the user", async () => {
    const { world, plan, did, labels } = await failed({ app: ["p4ss-of-somebody"] });
    expect(await rollBack(world, plan, "set", "CurrentRejected")).toEqual({
      ...ABOUT,
      outcome: "needs attention",
      facts: [REFUSED, "It refuses the one under AWSPENDING too: someone else changed the password.", BOTH_KEPT],
    });
    expect(did.filter((what) => what.startsWith("login"))).toEqual([]);
    expect(labels()).toEqual(KEPT);
  });

  it("is looked at anew where AWSCURRENT has moved since the phase found that", async () => {
    const { world, plan, move, store } = await failed({ app: ["p4ss-of-somebody"] });
    store(LEFT, { ...value, password: "p4ss-of-somebody" });
    move("AWSCURRENT", LEFT);
    expect(await rollBack(world, plan, "set", "CurrentRejected")).toMatchObject({ outcome: "rolled back" });
  });

  it("is a new version that is current and refused", async () => {
    const { world, plan, move, labels } = await failed({ app: ["p4ss-of-somebody"] });
    move("AWSCURRENT", OWN_VERSION);
    move("AWSPREVIOUS", CURRENT);
    expect(await rollBack(world, plan, "finish")).toEqual({
      ...ABOUT,
      outcome: "needs attention",
      facts: ["AWSCURRENT has moved to the new version, but the database refuses it.", BOTH_KEPT],
    });
    expect(labels()).toEqual({
      [OWN_VERSION]: ["AWSCURRENT", "AWSPENDING", "KEYTURN_KEPT_CURRENT"],
      [CURRENT]: ["AWSPREVIOUS", "KEYTURN_KEPT_PENDING"],
    });
  });

  it.each<[string, (plan: RotatePlan) => RotatePlan, string | undefined]>([
    ["the plan does not know the version that it logged in with", ({ backVersionId: _, ...plan }) => plan, undefined],
    ["that version is gone", (plan) => ({ ...plan, backVersionId: PREVIOUS }), undefined],
    ["AWSCURRENT holds another password by now", (plan) => plan, "p4ss-that-somebody-chose"],
  ])("is a database that would be given a password which no login has proven: %s", async (_, change, chosen) => {
    const { world, plan, move, store, passwords } = await failed({ app: [NEW] });
    if (chosen) {
      store(LEFT, { ...value, password: chosen });
      move("AWSCURRENT", LEFT);
    }
    expect(await rollBack(world, change(plan), "set")).toMatchObject({
      outcome: "needs attention",
      facts: [REFUSED, expect.stringContaining("not what the rotation had logged in with"), BOTH_KEPT],
    });
    expect(passwords("app")).toEqual([NEW]);
  });

  it("is another user under AWSCURRENT by now, whatever its password", async () => {
    const { world, plan, move, store } = await failed({ app_clone: [NEW], app: [] }, "alternating-users");
    store(LEFT, { ...valueFor("alternating-users"), username: "app_clone", password: OLD });
    store(OWN_VERSION, { ...valueFor("alternating-users"), username: "app", password: NEW });
    move("AWSCURRENT", LEFT);
    const report = await rollBack(world, plan, "set");
    expect(report.facts).toContainEqual(expect.stringContaining("not what the rotation had logged in with"));
  });

  it("is a database that takes the old password and refuses it still", async () => {
    const happens = (what: string) => {
      if (what === "set app by itself") world.logins.set("app", { passwords: ["p4ss-of-somebody"], takenFor: "app" });
    };
    const world = await failed({ app: [NEW] }, "single-user");
    const set = world.world.databases.login;
    world.world.databases.login = async (access, options) => {
      const session = await set(access, options);
      return {
        ...session,
        changeOwnPassword: async (request) => {
          const report = await session.changeOwnPassword(request);
          happens("set app by itself");
          return report;
        },
      };
    };
    expect(await rollBack(world.world, world.plan, "set")).toMatchObject({
      outcome: "needs attention",
      facts: [REFUSED, expect.stringContaining("was set again"), "It is refused still.", BOTH_KEPT],
    });
  });

  it("keeps what an earlier rotation left, where the new version was never stored", async () => {
    const there = worldOf("single-user", {
      secret: described({ versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] } }),
      values: { [LEFT]: { ...value, password: "p4ss-that-was-left" } },
      logins: logins({ app: ["p4ss-of-somebody"] }),
    });
    const { world, plan, labels } = await planned(there);
    expect(await rollBack(world, plan, "create", "CurrentRejected")).toMatchObject({ outcome: "needs attention" });
    expect(labels()).toEqual({
      [CURRENT]: ["AWSCURRENT", "KEYTURN_KEPT_CURRENT"],
      [LEFT]: ["AWSPENDING", "KEYTURN_KEPT_PENDING"],
    });
  });

  it("is not judged while the server is away", async () => {
    const away = refusal("TransientError", "DatabaseAway");
    const { world, plan, labels } = await failed({ app: [OLD] }, "single-user", {
      happens: (what) => {
        if (what === "login app") throw away;
      },
    });
    await expect(rollBack(world, plan, "set")).rejects.toBe(away);
    expect(labels()[OWN_VERSION]).toEqual(["AWSPENDING"]);
  });
});

describe("what stands under AWSPENDING and is somebody else's", () => {
  const foreign = async (passwords: readonly string[]) => {
    const { world, plan, store, labels, did } = await failed({ app: passwords });
    store(OWN_VERSION, { ...value, host: "elsewhere", password: NEW });
    return { report: await rollBack(world, plan, "set"), labels: labels(), did };
  };

  it("is left alone where AWSCURRENT logs in", async () => {
    const { report, labels, did } = await foreign([OLD]);
    expect(report).toEqual({
      ...ABOUT,
      outcome: "failed",
      facts: [expect.stringContaining("nothing of it was used"), "AWSCURRENT logs in."],
    });
    expect(labels).toEqual({ [CURRENT]: ["AWSCURRENT"], [OWN_VERSION]: ["AWSPENDING"] });
    expect(did).toEqual(["login app"]);
  });

  it("is left alone where AWSCURRENT does not, and both are kept", async () => {
    const { report, labels } = await foreign([NEW]);
    expect(report).toEqual({
      ...ABOUT,
      outcome: "needs attention",
      facts: [expect.stringContaining("nothing of it was used"), REFUSED, BOTH_KEPT],
    });
    expect(labels).toEqual(KEPT);
  });

  it("is no reason to swallow what the secret store says", async () => {
    const { world, plan } = await failed({ app: [OLD] });
    const denied = refusal("AccessDeniedError", "AccessDenied");
    world.secrets.version = () => Promise.reject(denied);
    await expect(rollBack(world, plan, "set")).rejects.toBe(denied);
  });
});

describe("alternating users that failed", () => {
  it("are rolled back, the one in use as it was", async () => {
    const { world, plan, passwords } = await failed({ app: [OLD], app_clone: [NEW] }, "alternating-users");
    expect(await rollBack(world, plan, "test")).toMatchObject({
      outcome: "rolled back",
      strategy: "alternating-users",
    });
    expect(passwords("app")).toEqual([OLD]);
  });

  it("need a person where the one in use is refused: nobody but another has changed that", async () => {
    const { world, plan, passwords } = await failed(
      { app: ["p4ss-of-somebody"], app_clone: [NEW] },
      "alternating-users",
    );
    expect(await rollBack(world, plan, "test")).toMatchObject({ outcome: "needs attention" });
    expect(passwords("app")).toEqual(["p4ss-of-somebody"]);
  });

  it("are rolled back where a retirement has locked the other since", async () => {
    const { world, plan } = await failed({ app: [OLD] }, "alternating-users", {
      logins: { app_clone: { passwords: [], isLocked: true } },
    });
    expect(await rollBack(world, plan, "finish")).toMatchObject({ outcome: "rolled back" });
  });
});

describe("two passwords that failed", () => {
  it.each([
    ["the user itself", false],
    ["the admin", true],
  ])("are rolled back, and the new one is made useless by %s", async (by, masterarn) => {
    const { world, plan, passwords } = await failed({ app: [OLD, NEW] }, "dual-password", { masterarn });
    expect(await rollBack(world, plan, "test")).toMatchObject({
      outcome: "rolled back",
      facts: [
        `The password under AWSPENDING was made useless, by ${by}.`,
        "AWSCURRENT logs in.",
        "AWSPENDING was taken off the new version.",
      ],
    });
    expect(passwords("app")).toEqual([OLD]);
  });

  it("keep the current one, which is the older of the two", async () => {
    const { world, plan, did } = await failed({ app: [OLD, NEW] }, "dual-password");
    await rollBack(world, plan, "test");
    expect(did).toContain("keep one password of app (either) by app");
  });

  it("need nothing where the new one was not added yet", async () => {
    const { world, plan, did } = await failed({ app: [OLD] }, "dual-password");
    expect(await rollBack(world, plan, "set")).toMatchObject({
      outcome: "rolled back",
      facts: ["AWSCURRENT logs in.", "AWSPENDING was taken off the new version."],
    });
    expect(did.filter((what) => what.startsWith("keep"))).toEqual([]);
  });

  it("are both valid still where the database does not let it be taken away, which is said", async () => {
    const refusing = (error: Error) => ({
      happens: (what: string) => {
        if (what.startsWith("keep one")) throw error;
      },
    });
    const final = refusing(refusal("AccessDeniedError", "PermissionDenied"));
    const { world, plan } = await failed({ app: [OLD, NEW] }, "dual-password", final);
    expect(await rollBack(world, plan, "test")).toMatchObject({
      outcome: "rolled back",
      facts: [
        "The password under AWSPENDING is still valid beside it (PermissionDenied).",
        "AWSCURRENT logs in.",
        expect.anything(),
      ],
    });
    for (const error of [refusal("TransientError", "DatabaseAway"), new TypeError("of ours")]) {
      const other = await failed({ app: [OLD, NEW] }, "dual-password", refusing(error));
      await expect(rollBack(other.world, other.plan, "test")).rejects.toBe(error);
    }
  });

  it("need a person where the current one is refused: it is never taken away", async () => {
    const { world, plan, passwords } = await failed({ app: [NEW] }, "dual-password");
    expect(await rollBack(world, plan, "test")).toMatchObject({ outcome: "needs attention" });
    expect(passwords("app")).toEqual([NEW]);
  });
});

describe("a rotation whose plan died with it", () => {
  const plan: RecoverPlan = {
    decision: "recover",
    reason: "ExecutionAborted",
    message: "It ended.",
    secretArn: SECRET,
    secretName: "shop/orders",
    request: { trigger: "manual", askedAt: "2026-03-01T02:00:00.000Z" },
    ended: { executionArn: "arn:ended", status: "ABORTED", startedAt: "2026-03-01T02:00:00.000Z" },
    ownVersionId: OWN_VERSION,
    backVersionId: CURRENT,
  };
  const stored = { [OWN_VERSION]: { ...value, password: NEW } };
  const recovered = async (versions: Readonly<Record<string, string[]>>, passwords: Passwords, more: Imagined = {}) => {
    const { tags = described().tags } = more.secret ?? {};
    const world = imagine({
      values: stored,
      logins: logins(passwords),
      ...more,
      secret: described({ tags, versions }),
    });
    return { ...world, report: await recover(world.world, plan) };
  };
  const pending = { [CURRENT]: ["AWSCURRENT"], [OWN_VERSION]: ["AWSPENDING"] };

  it.each<[string, Readonly<Record<string, string[]>>, Imagined?]>([
    ["taken off it", { [CURRENT]: ["AWSCURRENT"], [OWN_VERSION]: [] }],
    [
      "put on somebody else's",
      { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] },
      { values: { ...stored, [LEFT]: { ...value, username: "other" } } },
    ],
    [
      "put on an empty one",
      { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] },
      { values: { ...stored, [LEFT]: undefined } },
    ],
  ])("is known by its version, whoever has AWSPENDING %s", async (_, versions, more = {}) => {
    const { report, labels } = await recovered(versions, { app: [NEW] }, more);
    expect(report).toMatchObject({ outcome: "rolled forward", versionId: OWN_VERSION });
    expect(labels()[OWN_VERSION]).toContain("AWSCURRENT");
  });

  it.each<[string, Readonly<Record<string, string[]>>]>([
    ["nothing stands under AWSPENDING", { [CURRENT]: ["AWSCURRENT"] }],
    ["AWSPENDING is on the current version", { [CURRENT]: ["AWSCURRENT", "AWSPENDING"] }],
    ["nothing is current", { [OWN_VERSION]: ["AWSPENDING"] }],
  ])("has changed nothing where no version of its own is stored, and %s", async (_, versions) => {
    const { report, did } = await recovered(versions, { app: [OLD] }, { values: {} });
    expect(report).toEqual({
      outcome: "failed",
      facts: ["No new version was stored, so the database was not touched."],
    });
    expect(did).toEqual([]);
  });

  it("is rolled forward where the new credential works", async () => {
    const { report, labels } = await recovered(pending, { app: [NEW] });
    expect(report).toEqual({ ...ABOUT, outcome: "rolled forward", facts: [expect.any(String)] });
    expect(labels()).toEqual({ [OWN_VERSION]: ["AWSCURRENT", "AWSPENDING"], [CURRENT]: ["AWSPREVIOUS"] });
  });

  it("is rolled back where the database was not changed yet", async () => {
    const { report, labels } = await recovered(pending, { app: [OLD] });
    expect(report).toMatchObject({ ...ABOUT, outcome: "rolled back" });
    expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"] });
  });

  it("goes back to no other version than the one that the execution had noted", async () => {
    const failing = { happens: () => undefined, rules: { readers: [] } };
    const tags = { ...described().tags, "keyturn:readers": "replica" };
    const { report } = await recovered(pending, { app: [NEW] }, { ...failing, secret: described({ tags }) });
    expect(report).toMatchObject({ outcome: "rolled back" });
    const noted = imagine({
      values: stored,
      logins: logins({ app: [NEW] }),
      secret: described({ tags, versions: pending }),
    });
    const { backVersionId: _, ...without } = plan;
    expect(await recover(noted.world, without)).toMatchObject({ outcome: "needs attention" });
    expect(noted.passwords("app")).toEqual([NEW]);
  });

  it.each<[string, Readonly<Record<string, string[]>>, string]>([
    ["from the version before", { [OWN_VERSION]: ["AWSCURRENT"], [CURRENT]: ["AWSPREVIOUS"] }, CURRENT],
    ["from nobody knows which", { [OWN_VERSION]: ["AWSCURRENT"] }, OWN_VERSION],
  ])("is rolled forward where AWSCURRENT had moved, %s", async (_, versions, previousVersionId) => {
    const { report } = await recovered(versions, { app: [NEW] });
    expect(report).toMatchObject({ outcome: "rolled forward", versionId: OWN_VERSION, previousVersionId });
  });

  it.each([
    ["failed", OLD],
    ["needs attention", NEW],
  ])("has %s where AWSPENDING is somebody else's and the server takes %s", async (outcome, password) => {
    const { report, labels } = await recovered(
      pending,
      { app: [password] },
      { values: { [OWN_VERSION]: "of somebody" } },
    );
    const kept = outcome === "failed" ? [] : ["KEYTURN_KEPT_PENDING"];
    expect(labels()[OWN_VERSION]).toEqual(["AWSPENDING", ...kept]);
    expect(report).toEqual({
      outcome,
      facts: expect.arrayContaining([expect.stringContaining("nothing of it was used")]),
    });
  });

  it("asks no more of a server than the schedule lets it", async () => {
    const rules = { mayAskFor: { nightly: "md5" as const } };
    const asked: unknown[] = [];
    const world = imagine({
      secret: described({ versions: pending }),
      values: { [OWN_VERSION]: "of somebody" },
      rules,
    });
    const { login } = world.world.databases;
    world.world.databases.login = (access, options) => {
      asked.push(access.mayAskFor);
      return login(access, options);
    };
    await recover(world.world, plan);
    expect(asked).toEqual(["md5"]);
  });

  it("is left to its owner where the tags were taken off", async () => {
    const taken = recovered(pending, { app: [NEW] }, { secret: described({ tags: {} }) });
    await expect(taken).rejects.toMatchObject({ name: "ConflictError", code: "NotManaged" });
  });

  it("is no reason to swallow what is wrong with the secret", async () => {
    const wrong = recovered(
      pending,
      { app: [NEW] },
      { values: { [CURRENT]: { ...value, engine: "postgre" }, ...stored } },
    );
    await expect(wrong).rejects.toBeInstanceOf(KeyturnError);
    await expect(wrong).rejects.toMatchObject({ code: "UnknownEngine" });
  });

  it("has an admin as any other", async () => {
    const secret = { ...valueFor("alternating-users"), username: "app" };
    const values = { [CURRENT]: secret, [OWN_VERSION]: { ...secret, username: "app_clone", password: NEW } };
    const there = worldOf("alternating-users", { values, logins: logins({ app: [OLD], app_clone: [NEW] }) });
    const { world, labels } = imagine({ ...there, secret: described({ versions: pending }) });
    expect(await recover(world, plan)).toMatchObject({ outcome: "rolled forward", strategy: "alternating-users" });
    expect(labels()[OWN_VERSION]).toContain("AWSCURRENT");
  });
});
