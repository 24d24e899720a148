import { describe, expect, it } from "vitest";
import type { StrategyName } from "../../../src/engines/engine.js";
import { logsIn } from "../../../src/rotation/logins.js";
import type { RetirePlan } from "../../../src/rotation/plans.js";
import { retire } from "../../../src/rotation/retirement/retire.js";
import { type ImaginedLogin, refusal } from "../imagined/databases.js";
import { valueFor, worldOf } from "../imagined/rotation.js";
import { CURRENT, described, execution, type Imagined, imagine, NOW, PREVIOUS, SECRET, value } from "../imagined.js";

const OLD = "p4ss-that-was-before";

/** What a rotation by this strategy left: two credentials, both valid. */
function rotated(
  strategy: StrategyName,
  { logins, previous, ...more }: Imagined & { masterarn?: boolean; previous?: object } = {},
) {
  const current = valueFor(strategy, more.masterarn === undefined ? {} : { masterarn: more.masterarn });
  const before = strategy === "alternating-users" ? { username: "app_clone" } : {};
  const valid: Record<string, ImaginedLogin> =
    strategy === "alternating-users"
      ? { app: { passwords: [value.password] }, app_clone: { passwords: [OLD], sessions: 2 } }
      : { app: { passwords: [value.password, OLD], sessions: 2 } };
  const there = worldOf(strategy, {
    ...more,
    values: { [PREVIOUS]: { ...current, ...before, password: OLD, ...previous }, ...more.values },
    logins: { ...valid, ...logins },
  });
  const { tags } = there.secret ?? described();
  const secret = described({ tags, versions: { [CURRENT]: ["AWSCURRENT"], [PREVIOUS]: ["AWSPREVIOUS"] } });
  const plan: RetirePlan = {
    decision: "retire",
    secretArn: SECRET,
    secretName: "shop/orders",
    strategy,
    rotationArn: execution("rotation"),
    currentVersionId: CURRENT,
    previousVersionId: PREVIOUS,
    retireAt: NOW.toISOString(),
  };
  return { ...imagine({ ...there, secret }), plan };
}

describe("a retirement", () => {
  it("of the other of a pair bars it, by the admin, and leaves the one in use alone", async () => {
    const { world, plan, did, logins, passwords, open } = rotated("alternating-users");
    const report = { engine: "postgres", username: "app_clone", by: "the admin", sessions: 2 };
    expect(await retire(world, plan, true)).toEqual(report);
    expect(logins.get("app_clone")).toMatchObject({ passwords: [], isLocked: true });
    expect(passwords("app")).toEqual([value.password]);
    expect(did).toEqual([
      "login app",
      "login boss",
      "count sessions of app_clone",
      "bar app_clone by boss",
      "login app_clone",
      "login app",
    ]);
    expect(open()).toBe(0);
    expect(await retire(world, plan, true)).toEqual(report);
  });

  it.each([
    [true, "newest"],
    [false, "either"],
  ])("of two passwords keeps the current one, by the user itself (set last: %s)", async (newest, said) => {
    const { world, plan, passwords, did } = rotated("dual-password");
    const report = { engine: "mysql", username: "app", by: "the user itself", sessions: 2 };
    expect(await retire(world, plan, newest)).toEqual(report);
    expect(passwords("app")).toEqual([value.password]);
    expect(did).toContain(`keep one password of app (${said}) by app`);
  });

  it("of two passwords is by the admin where AWSCURRENT names one now, once AWSCURRENT got in", async () => {
    const { world, plan, did } = rotated("dual-password", { masterarn: true });
    expect(await retire(world, plan, true)).toMatchObject({ by: "the admin" });
    expect(did.slice(0, 4)).toEqual([
      "login app",
      "login boss",
      "count sessions of app",
      "keep one password of app (newest) by boss",
    ]);
  });

  it.each(["alternating-users", "dual-password"] as const)(
    "changes nothing where the current credential is refused to begin with (%s)",
    async (strategy) => {
      const { world, plan, did } = rotated(strategy, { logins: { app: { passwords: [OLD] } } });
      await expect(retire(world, plan, true)).rejects.toMatchObject({ code: "CurrentRejected" });
      expect(did).toEqual(["login app"]);
    },
  );

  it.each<[string, StrategyName, object, string]>([
    ["of another host", "alternating-users", { host: "elsewhere" }, "host"],
    ["of another engine", "dual-password", { engine: "mariadb" }, "engine"],
    ["of the user in use", "alternating-users", { username: "app" }, "username"],
    ["of a user that is none of the pair", "alternating-users", { username: "somebody" }, "username"],
    ["of another user", "dual-password", { username: "somebody" }, "username"],
    ["that is the current one", "dual-password", { password: value.password }, "password"],
  ])("leaves a credential alone %s (%s)", async (_, strategy, previous, key) => {
    const { world, plan, did } = rotated(strategy, { previous });
    await expect(retire(world, plan, true)).rejects.toMatchObject({
      name: "ConflictError",
      code: "ForeignPrevious",
      message: expect.stringContaining(`"${key}" under AWSPREVIOUS`),
    });
    expect(did.filter((what) => /^(bar|keep)/.test(what))).toEqual([]);
  });

  it("says where nobody knows the old credential any more", async () => {
    const { world, plan, did } = rotated("dual-password", { values: { [PREVIOUS]: undefined } });
    await expect(retire(world, plan, true)).rejects.toMatchObject({
      name: "ConflictError",
      code: "PreviousGone",
      message: expect.stringContaining(PREVIOUS),
    });
    expect(did).toEqual([]);
  });

  it("says which version is none of a database", async () => {
    const { world, plan } = rotated("dual-password", { values: { [PREVIOUS]: "{}" } });
    await expect(retire(world, plan, true)).rejects.toMatchObject({
      code: "MissingKey",
      message: expect.stringContaining("secret shop/orders (AWSPREVIOUS)"),
    });
  });

  it.each<[string, StrategyName, object]>([
    ["a single user", "single-user", {}],
    ["two passwords of an engine that has one", "dual-password", { engine: "postgres" }],
  ])("of %s is none", async (_, strategy, fields) => {
    const values = { [CURRENT]: { ...value, ...fields }, [PREVIOUS]: { ...value, ...fields, password: OLD } };
    const { world, plan, did } = rotated(strategy, { values });
    await expect(retire(world, plan, true)).rejects.toMatchObject({ name: "InternalError", code: "NothingToRetire" });
    expect(did).toEqual([]);
  });

  it("waits for no AWSCURRENT but the one that was planned with", async () => {
    const { world, plan, move } = rotated("dual-password");
    move("AWSCURRENT", PREVIOUS);
    await expect(retire(world, plan, true)).rejects.toMatchObject({ code: "CurrentMoved" });
  });
});

describe("a retirement proves itself", () => {
  /** A server that keeps these passwords, whatever it was told: no real one can be made to lose the one that it was to keep. */
  const keeping = (passwords: readonly string[]) => {
    const there = rotated("dual-password", {
      happens: (what) => {
        if (what === "login app" && there.did.some((before) => before.startsWith("keep one")))
          there.logins.set("app", { passwords });
      },
    });
    return there;
  };

  it.each([
    ["the old credential gets in still", [OLD, value.password], "ConflictError", "StillValid"],
    ["the current one is refused", [], "CredentialRejectedError", "CurrentLost"],
  ])("and fails when %s", async (_, passwords, name, code) => {
    const { world, plan } = keeping(passwords);
    const message = expect.stringContaining('the user "app"');
    await expect(retire(world, plan, true)).rejects.toMatchObject({ name, code, message });
  });

  it("by what a server says of a login that it barred, of the other of a pair and of no login in use", async () => {
    const locked = (name: string) => ({ [name]: { passwords: ["p"], isLocked: true } });
    const access = (username: string) => ({ ...value, port: 1, database: "", tls: true, username, password: "p" });
    const [app, clone] = [access("app"), access("app_clone")];
    const barred = imagine({ logins: { app: { passwords: ["p"] }, ...locked("app_clone") } }).world;
    expect(await logsIn(barred, clone, app)).toBe(false);
    expect(await logsIn(barred, app, app)).toBe(true);
    const inUse = imagine({ logins: locked("app") }).world;
    await expect(logsIn(inUse, app, app)).rejects.toMatchObject({ code: "AccountLocked" });
    await expect(logsIn(inUse, app)).rejects.toMatchObject({ code: "AccountLocked" });
  });

  it("not by what else a server says of the other of a pair", async () => {
    const away = refusal("TransientError", "DatabaseAway");
    const happens = (what: string) => {
      if (what === "login app_clone") throw away;
    };
    const { world, plan } = rotated("alternating-users", { happens });
    await expect(retire(world, plan, true)).rejects.toBe(away);
  });
});

describe("how many sessions are open", () => {
  const counting = (error: Error) => ({
    happens: (what: string) => {
      if (what.startsWith("count")) throw error;
    },
  });

  it.each([
    ["the server does not let them be seen", { logins: { app: { passwords: [value.password, OLD] } } }],
    ["the login may not see them", counting(refusal("AccessDeniedError", "PermissionDenied"))],
  ])("is not known where %s, and stops no retirement", async (_, more) => {
    const { world, plan } = rotated("dual-password", more);
    expect(await retire(world, plan, true)).not.toHaveProperty("sessions");
  });

  it("is not known where the engine cannot tell", async () => {
    const { world, plan } = rotated("dual-password");
    const { login } = world.databases;
    world.databases.login = async (...args) => {
      const { sessionsOf: _, ...session } = await login(...args);
      return session;
    };
    expect(await retire(world, plan, true)).not.toHaveProperty("sessions");
  });

  it.each([refusal("TransientError", "DatabaseAway"), new TypeError("of ours")])(
    "is asked again where the server is away, or the fault is ours: %s",
    async (error) => {
      const { world, plan } = rotated("dual-password", counting(error));
      await expect(retire(world, plan, true)).rejects.toBe(error);
    },
  );
});

describe("an admin that is gone from the secret", () => {
  it("retires nothing of a pair", async () => {
    const { world, plan, did } = rotated("alternating-users", { masterarn: false });
    await expect(retire(world, plan, true)).rejects.toMatchObject({ code: "NoAdmin" });
    expect(did).toEqual([]);
  });
});
