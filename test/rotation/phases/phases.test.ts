import { afterEach, describe, expect, it } from "vitest";
import type { StrategyName } from "../../../src/engines/engine.js";
import { KeyturnError } from "../../../src/errors.js";
import {
  createSecret,
  finishSecret,
  prepareSecret,
  setSecret,
  storeSecret,
  testSecret,
} from "../../../src/rotation/phases/phases.js";
import type { RotatePlan } from "../../../src/rotation/plans.js";
import { type ImaginedLogin, refusal } from "../imagined/databases.js";
import { ADMIN, ADMIN_VERSION, admin, OWN_VERSION, planned, valueFor, worldOf } from "../imagined/rotation.js";
import { CURRENT, described, type Imagined, LEFT, PREVIOUS, value } from "../imagined.js";

const STRATEGIES: ReadonlyArray<readonly [StrategyName, string]> = [
  ["single-user", "app"],
  ["alternating-users", "app_clone"],
  ["dual-password", "app"],
];
const PAIR = { base: "app", clone: "app_clone", next: "app_clone" };
const NEW = "p4ss-that-create-secret-has-stored";

const worlds: Array<Awaited<ReturnType<typeof planned>>> = [];
/** Every session that was opened is closed again, whatever happened in it. */
afterEach(() => {
  expect(worlds.map(({ open }) => open())).toEqual(worlds.map(() => 0));
  worlds.length = 0;
});

async function begun(there: Imagined) {
  const world = await planned(there);
  worlds.push(world);
  return world;
}

/** A world where Create has stored a credential for `username`. */
async function created(strategy: StrategyName, more: Parameters<typeof worldOf>[1] = {}, fields: object = {}) {
  const world = await begun(worldOf(strategy, more));
  const username = strategy === "alternating-users" ? "app_clone" : "app";
  const current = world.held(CURRENT);
  world.store(OWN_VERSION, { ...current, username, password: NEW, ...fields });
  world.move("AWSPENDING", OWN_VERSION);
  return world;
}

/** A world where an earlier rotation has left a version, whose credential may be in the database already. */
const left = (passwords: readonly string[], strategy: StrategyName = "single-user", more: Imagined = {}) =>
  worldOf(strategy, {
    secret: described({
      tags: { ...described().tags, "keyturn:strategy": strategy },
      versions: { [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] },
    }),
    ...more,
    values: { [LEFT]: { ...valueFor(strategy), password: "p4ss-that-was-left" }, ...more.values },
    logins: { app: { passwords }, ...more.logins },
  });

describe("Prepare secret and Store secret", () => {
  it.each(STRATEGIES)("together do what Create secret does (%s), the first without a write", async (strategy, next) => {
    const { world, plan, held, labels, did } = await begun(worldOf(strategy));
    const pair = strategy === "alternating-users" ? { pair: PAIR } : {};
    const prepared = await prepareSecret(world, { plan, attempt: 0 });
    expect(prepared).toEqual({ username: next, ...pair });
    expect(did.filter((what) => what.startsWith("store"))).toEqual([]);
    expect(await storeSecret(world, { plan, prepared })).toEqual({ created: true, ...pair });
    expect(held(OWN_VERSION)).toEqual({ ...held(CURRENT), username: next, password: expect.stringMatching(/^.{32}$/) });
    expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"], [OWN_VERSION]: ["AWSPENDING"] });
  });

  it("takes nothing that stands there for its own, called again as well", async () => {
    const { world, plan, held } = await created("single-user");
    await expect(storeSecret(world, { plan, prepared: { username: "app" } })).rejects.toMatchObject({
      ...{ name: "ConflictError", code: "StoredBefore" },
    });
    expect(held(OWN_VERSION).password).toBe(NEW);
  });

  it("stores nothing where AWSCURRENT was moved meanwhile", async () => {
    const { world, plan, store, move, held } = await begun(worldOf("single-user"));
    store(PREVIOUS, { ...held(CURRENT), password: "of-somebody" });
    move("AWSCURRENT", PREVIOUS);
    await expect(storeSecret(world, { plan, prepared: { username: "app" } })).rejects.toMatchObject({
      code: "CurrentMoved",
    });
    expect(held(OWN_VERSION)).toBeNull();
  });
});

describe("Create secret", () => {
  it.each(STRATEGIES)(
    "stores a new password under AWSPENDING (%s), before the database hears of it",
    async (strategy, next) => {
      const { world, plan, held, labels, did, passwords } = await begun(worldOf(strategy));
      const report = await createSecret(world, { plan, attempt: 0 });
      expect(report).toEqual({ created: true, ...(strategy === "alternating-users" ? { pair: PAIR } : {}) });
      expect(held(OWN_VERSION)).toEqual({
        ...held(CURRENT),
        username: next,
        password: expect.stringMatching(/^.{32}$/),
      });
      expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"], [OWN_VERSION]: ["AWSPENDING"] });
      expect(did.at(-1)).toBe(`store ${OWN_VERSION}`);
      expect(passwords("app")).toEqual([value.password]);
      expect(passwords("app_clone")).toBeUndefined();
    },
  );

  it("makes the password that the secret's tags ask for", async () => {
    const { world, plan, held } = await begun(worldOf("single-user", { tags: { "keyturn:password-length": "40" } }));
    await createSecret(world, { plan, attempt: 0 });
    expect(held(OWN_VERSION).password).toHaveLength(40);
  });

  it.each(STRATEGIES)("called again keeps the one that it stored (%s)", async (strategy) => {
    const { world, plan, held, did } = await created(strategy);
    const report = await createSecret(world, { plan, attempt: 1 });
    expect(report).toEqual({ created: false, ...(strategy === "alternating-users" ? { pair: PAIR } : {}) });
    expect(held(OWN_VERSION).password).toBe(NEW);
    expect(did).not.toContain(`store ${OWN_VERSION}`);
  });

  it("called again where nothing was stored yet stores one", async () => {
    const { world, plan, held } = await begun(worldOf("single-user"));
    expect(await createSecret(world, { plan, attempt: 1 })).toEqual({ created: true });
    expect(held(OWN_VERSION).username).toBe("app");
  });

  it("called again while the first is still at work takes what that one stored", async () => {
    const there = worldOf("single-user", {
      happens: (what) => {
        if (what === `store ${OWN_VERSION}`) world.store(OWN_VERSION, { ...value, password: NEW });
      },
    });
    const world = await begun(there);
    expect(await createSecret(world.world, { plan: world.plan, attempt: 1 })).toEqual({ created: false });
    expect(world.held(OWN_VERSION).password).toBe(NEW);
  });

  it.each<[string, unknown, number]>([
    ["holds somebody else's value before the first try", { ...value, password: NEW }, 0],
    ["is empty and cannot be written", undefined, 1],
    ["holds another server's credential", { ...value, host: "elsewhere", password: NEW }, 1],
    ["holds more than the credential", { ...value, note: "by hand", password: NEW }, 1],
    ["holds no credential", { team: "shop" }, 1],
    ["is binary", null, 1],
  ])("refuses a version of its own that %s", async (_, stored, attempt) => {
    const { world, plan, store } = await begun(worldOf("single-user"));
    store(OWN_VERSION, stored);
    await expect(createSecret(world, { plan, attempt })).rejects.toMatchObject({
      name: "ConflictError",
      code: "ForeignPending",
      message: expect.stringContaining(OWN_VERSION),
    });
  });

  it("refuses one for a user that could be next by its name, and is not by what the server says", async () => {
    const there = worldOf("alternating-users", {
      values: { [CURRENT]: { ...valueFor("alternating-users"), username: "app_clone" } },
      logins: { app_clone: { passwords: [value.password] } },
    });
    const { world, plan, store, held } = await begun(there);
    store(OWN_VERSION, { ...held(CURRENT), username: "app_clone_clone", password: NEW });
    await expect(createSecret(world, { plan, attempt: 1 })).rejects.toMatchObject({
      code: "ForeignPending",
      message: expect.stringMatching(/"app_clone_clone".*"app" is next/s),
    });
  });

  it("asks the server which of a pair is next, and says so where it lets AWSCURRENT in no more", async () => {
    const { world, plan, did } = await begun(worldOf("alternating-users", { logins: { app: { passwords: [] } } }));
    await expect(createSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({
      name: "CredentialRejectedError",
      code: "CurrentRejected",
    });
    expect(did).toEqual(["login app"]);
  });

  it("refuses to go on where AWSCURRENT was moved since Plan looked", async () => {
    const { world, plan, move, store, did } = await begun(worldOf("single-user"));
    store(LEFT, value);
    move("AWSCURRENT", LEFT);
    await expect(createSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({ code: "CurrentMoved" });
    expect(did).toEqual([]);
  });

  describe("after a rotation that was left unfinished", () => {
    it("stores another where what was left is the way in", async () => {
      const { world, plan, did } = await begun(left(["p4ss-that-was-left"]));
      expect(await createSecret(world, { plan, attempt: 0 })).toEqual({ created: true });
      expect(did).toEqual(["login app", `store ${OWN_VERSION}`]);
    });

    it("stores another where AWSCURRENT is, and says that it was proven", async () => {
      const { world, plan, did } = await begun(left([value.password]));
      const proven = { provenVersionId: CURRENT };
      expect(await createSecret(world, { plan, attempt: 0 })).toEqual({ created: true, ...proven });
      expect(did).toEqual(["login app", "login app", `store ${OWN_VERSION}`]);
      expect(await createSecret(world, { plan, attempt: 1 })).toEqual({ created: false, ...proven });
    });

    it("stores none where neither is, because it would push out one that a person may need", async () => {
      const { world, plan, labels } = await begun(left(["p4ss-of-somebody"]));
      await expect(createSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({ code: "CurrentRejected" });
      expect(labels()).toEqual({ [CURRENT]: ["AWSCURRENT"], [LEFT]: ["AWSPENDING"] });
    });

    it("goes by AWSCURRENT alone where the version is gone since", async () => {
      const { world, plan, store } = await begun(left([value.password]));
      store(LEFT, undefined);
      expect(await createSecret(world, { plan, attempt: 0 })).toMatchObject({ provenVersionId: CURRENT });
    });
  });
});

describe("Set secret", () => {
  it.each<[StrategyName, ImaginedLogin["passwords"], object]>([
    ["single-user", [NEW], { by: "the user itself", logins: ["app"], sentAs: "verifier" }],
    ["dual-password", [value.password, NEW], { by: "the user itself", logins: ["app"], sentAs: "masked" }],
  ])("has the user change it itself (%s)", async (strategy, passwords, report) => {
    const world = await created(strategy);
    expect(await setSecret(world.world, { plan: world.plan, attempt: 0 })).toEqual({ alreadySet: false, ...report });
    expect(world.passwords("app")).toEqual(passwords);
    expect(world.did.filter((what) => what.startsWith("login"))).toEqual(["login app"]);
  });

  it("has the admin set the other of a pair, and leaves the one in use alone", async () => {
    const { world, plan, passwords, did } = await created("alternating-users");
    expect(await setSecret(world, { plan, attempt: 0, pair: PAIR })).toEqual({
      alreadySet: false,
      by: "the admin",
      logins: ["app", "app_clone"],
      admin: { secretArn: ADMIN, login: "boss" },
      sentAs: "verifier",
      created: true,
      granted: ["SELECT"],
      revoked: [],
    });
    expect(passwords("app")).toEqual([value.password]);
    expect(passwords("app_clone")).toEqual([NEW]);
    expect(did).toEqual(["login boss", "alternate app_clone by boss"]);
  });

  it("has the admin add a second password where the secret names one, once AWSCURRENT got in", async () => {
    const { world, plan, passwords, did } = await created("dual-password", { masterarn: true });
    expect(await setSecret(world, { plan, attempt: 0 })).toMatchObject({
      alreadySet: false,
      by: "the admin",
      admin: { secretArn: ADMIN, login: "boss" },
    });
    expect(passwords("app")).toEqual([value.password, NEW]);
    expect(did).toEqual(["login app", "login boss", "add to app by boss"]);
  });

  it.each(["single-user", "dual-password"] as const)("called again finds it done (%s)", async (strategy) => {
    const { world, plan, did, passwords } = await created(strategy, { logins: { app: { passwords: [NEW] } } });
    const found = { alreadySet: true, by: "the user itself", logins: ["app"] };
    expect(await setSecret(world, { plan, attempt: 1 })).toEqual(found);
    expect(await setSecret(world, { plan: { ...plan, resumed: true }, attempt: 0 })).toEqual(found);
    expect(did).toEqual(["login app", "login app"]);
    expect(passwords("app")).toEqual([NEW]);
  });

  it.each(["single-user", "dual-password"] as const)(
    "called again finds it not done, and does it (%s)",
    async (strategy) => {
      const { world, plan, passwords } = await created(strategy);
      expect(await setSecret(world, { plan, attempt: 1 })).toMatchObject({ alreadySet: false });
      expect(passwords("app")).toContain(NEW);
    },
  );

  it.each(["single-user", "dual-password"] as const)("says where AWSCURRENT is refused (%s)", async (strategy) => {
    const { world, plan } = await created(strategy, { logins: { app: { passwords: [] } } });
    await expect(setSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({
      name: "CredentialRejectedError",
      code: "CurrentRejected",
      message: expect.stringContaining('"app"'),
    });
  });

  describe("of a single user that may not change its own password", () => {
    const app = { passwords: [value.password], mayChangeItself: false };

    it("has the admin do it", async () => {
      const { world, plan, passwords, did } = await created("single-user", { masterarn: true, logins: { app } });
      expect(await setSecret(world, { plan, attempt: 0 })).toEqual({
        alreadySet: false,
        by: "the admin",
        logins: ["app"],
        admin: { secretArn: ADMIN, login: "boss" },
        sentAs: "verifier",
      });
      expect(passwords("app")).toEqual([NEW]);
      expect(did).toEqual(["login app", "set app by itself", "login boss", "set app by boss"]);
    });

    it("says so where there is no admin", async () => {
      const { world, plan } = await created("single-user", { logins: { app } });
      await expect(setSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({ code: "PermissionDenied" });
    });
  });

  it("does not have the admin do what failed of something else", async () => {
    const { world, plan, did } = await created("single-user", {
      masterarn: true,
      happens: (what) => {
        if (what === "set app by itself") throw refusal("TransientError", "DatabaseAway");
      },
    });
    await expect(setSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({ code: "DatabaseAway" });
    expect(did).not.toContain("login boss");
  });

  it("goes in by what an earlier rotation left, where that is the way in", async () => {
    const { world, plan, store, passwords } = await begun(left(["p4ss-that-was-left"]));
    store(OWN_VERSION, { ...value, password: NEW });
    expect(await setSecret(world, { plan, attempt: 0 })).toMatchObject({ by: "the user itself", logins: ["app"] });
    expect(passwords("app")).toEqual([NEW]);
  });

  it.each([
    ["what was left is refused, too", ["p4ss-of-somebody"]],
    ["nothing was left", []],
  ])("does not where %s", async (_, passwords) => {
    const { world, plan, store } = await begun(
      passwords.length > 0 ? left(passwords) : worldOf("single-user", { logins: { app: { passwords } } }),
    );
    store(OWN_VERSION, { ...value, password: NEW });
    await expect(setSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({ code: "CurrentRejected" });
  });

  it("takes a server that takes the login for another at its word", async () => {
    const app = { passwords: [value.password], takenFor: "somebody" };
    const { world, plan, did } = await created("single-user", { logins: { app } });
    await expect(setSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({
      name: "ConflictError",
      code: "OtherLogin",
      message: expect.stringMatching(/"app".*"somebody"/),
    });
    expect(did).toEqual(["login app"]);
  });

  it("fails where Create did not say which two take turns", async () => {
    const { world, plan, did } = await created("alternating-users");
    await expect(setSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({
      name: "InternalError",
      code: "NoPair",
    });
    expect(did).toEqual([]);
  });

  it("gives the password to no other user than the one that is next", async () => {
    const { world, plan, did } = await created("alternating-users");
    const pair = { base: "app", clone: "app_clone", next: "app" };
    await expect(setSecret(world, { plan, attempt: 0, pair })).rejects.toMatchObject({ code: "ForeignPending" });
    expect(did).toEqual([]);
  });

  it.each(["alternating-users", "dual-password", "single-user"] as const)(
    "fails where the version is gone (%s)",
    async (strategy) => {
      const { world, plan, did } = await begun(worldOf(strategy));
      await expect(setSecret(world, { plan, attempt: 0, pair: PAIR })).rejects.toMatchObject({
        name: "ConflictError",
        code: "PendingGone",
        message: expect.stringContaining(OWN_VERSION),
      });
      expect(did).toEqual([]);
    },
  );

  it("says where an engine that should have two passwords has not", async () => {
    const world = await created("dual-password");
    const login = world.world.databases.login;
    const databases = {
      ...world.world.databases,
      login: async (...args: Parameters<typeof login>) => ({ ...(await login(...args)), addPassword: undefined }),
    };
    const reach = { ...world.world, databases } as unknown as typeof world.world;
    await expect(setSecret(reach, { plan: world.plan, attempt: 0 })).rejects.toMatchObject({
      name: "InternalError",
      code: "NoDualPassword",
    });
  });
});

describe("an admin", () => {
  const set = async (more: Parameters<typeof worldOf>[1], change: Partial<RotatePlan> = {}) => {
    const { world, plan, did } = await created("alternating-users", more);
    const result = setSecret(world, { plan: { ...plan, ...change }, attempt: 0, pair: PAIR });
    return result.then(
      () => ({ code: undefined, did }),
      ({ name, code }: KeyturnError) => ({ name, code, did }),
    );
  };
  const rule = { arn: ADMIN, for: [], superuser: true };
  const boss = { passwords: [admin.password], isAdmin: true, isSuperuser: true };

  it("that may do everything is not used unless the deployment accepts it by its ARN", async () => {
    const refused = { name: "AccessDeniedError", code: "SuperuserAdmin", did: ["login boss"] };
    expect(await set({ logins: { boss } })).toEqual(refused);
    expect(await set({ logins: { boss }, rules: { admins: [{ ...rule, superuser: false }] } })).toEqual(refused);
    expect(await set({ logins: { boss }, rules: { admins: [{ ...rule, arn: "arn:other" }] } })).toEqual(refused);
    expect(await set({ logins: { boss }, rules: { admins: [rule] } })).toMatchObject({ code: undefined });
  });

  it.each<[string, object, string | undefined]>([
    ["another host", { host: "elsewhere" }, "AdminMismatch"],
    ["another port", { port: 5433 }, "AdminMismatch"],
    ["another engine", { engine: "mysql" }, "AdminMismatch"],
    ["no host", { host: "" }, "MissingKey"],
    ["the same host in capitals", { host: "DB" }, undefined],
    ["the port that the engine has anyway", { port: 5432 }, undefined],
  ])("of %s", async (_, fields, code) => {
    const found = await set({ values: { [ADMIN_VERSION]: { ...admin, ...fields } } });
    expect(found).toMatchObject(code ? { name: "InvalidSecretError", code, did: [] } : { code });
  });

  it("proven by TLS is not given to a server without", async () => {
    const withoutTls = { ...valueFor("alternating-users"), ssl: false };
    expect(await set({ values: { [CURRENT]: withoutTls } })).toMatchObject({ code: "AdminMismatch", did: [] });
    const both = { [CURRENT]: withoutTls, [ADMIN_VERSION]: { ...admin, ssl: false } };
    expect(await set({ values: both })).toMatchObject({ code: undefined });
  });

  it("is none where the plan names none", async () => {
    const { world, plan } = await created("alternating-users");
    const { adminSecretArn: _, ...without } = plan;
    await expect(setSecret(world, { plan: without, attempt: 0, pair: PAIR })).rejects.toMatchObject({
      name: "InternalError",
      code: "NoAdmin",
    });
  });

  it("is no other than AWSCURRENT names", async () => {
    const arn = "arn:of-another-admin";
    const others = { [arn]: described({ arn, tags: { "keyturn:stage": "dev", "keyturn:admin": "shop/" } }) };
    expect(await set({ others }, { adminSecretArn: arn })).toMatchObject({ code: "CurrentMoved", did: [] });
  });

  it("is not used once its owner takes back what was offered", async () => {
    const taken = described({
      arn: ADMIN,
      tags: { "keyturn:stage": "dev" },
      versions: { [ADMIN_VERSION]: ["AWSCURRENT"] },
    });
    const { world, plan, did } = await created("alternating-users");
    const secrets = { ...world.secrets, describe: async () => taken };
    await expect(setSecret({ ...world, secrets }, { plan, attempt: 0, pair: PAIR })).rejects.toMatchObject({
      name: "AccessDeniedError",
      code: "AdminNotOffered",
    });
    expect(did).toEqual([]);
  });
});

describe("Test secret", () => {
  const tags = { "keyturn:probe": "select 1", "keyturn:readers": "replica-1 replica-2:5433" };
  const rules = { readers: ["replica-*"] };
  const app = { passwords: [NEW] };
  const tested = async (more: Parameters<typeof worldOf>[1] = {}) => {
    const { world, plan, did } = await created("single-user", { tags, rules, logins: { app }, ...more });
    return { did, result: await testSecret(world, { plan, attempt: 0 }).catch((error) => error) };
  };
  const failing = (at: string, error: unknown) => ({
    happens: (what: string) => {
      if (what === at) throw error;
    },
  });

  it("logs in anew, runs the secret's own probes, and logs in at its readers", async () => {
    const { result, did } = await tested();
    expect(result).toEqual({ probes: 1, readers: 2 });
    expect(did).toEqual([
      "login app",
      "probe select 1 by app",
      "login app at replica-1",
      "login app at replica-2:5433",
    ]);
  });

  it("needs no probe and no reader", async () => {
    const { result, did } = await tested({ tags: {} });
    expect(result).toEqual({ probes: 0, readers: 0 });
    expect(did).toEqual(["login app"]);
  });

  it("fails where the new credential is refused", async () => {
    const { result } = await tested({ logins: { app: { passwords: [value.password] } } });
    expect(result).toMatchObject({ name: "CredentialRejectedError", code: "LoginRefused" });
  });

  it("fails of a probe that the database has no name for as the secret's own, and keeps its cause", async () => {
    const cause = { name: "error", message: "no such table", code: "42P01" };
    const unknown = new KeyturnError("InternalError", { code: "UnexpectedDriverError", message: "Unknown.", cause });
    const { result } = await tested(failing("probe select 1 by app", unknown));
    expect(result).toMatchObject({ name: "InvalidSecretError", code: "ProbeFailed", cause });
    expect(result.message).not.toContain("select 1");
    const without = new KeyturnError("InternalError", { code: "UnexpectedDriverError", message: "Unknown." });
    expect((await tested(failing("probe select 1 by app", without))).result.cause).toBeUndefined();
  });

  it("fails of a probe that is refused as the refusal says", async () => {
    const refused = refusal("InvalidSecretError", "ProbeRefused");
    expect((await tested(failing("probe select 1 by app", refused))).result).toBe(refused);
  });

  it.each([
    ["login app at replica-1", "replica-1"],
    ["login app at replica-2:5433", "replica-2:5433"],
  ])("is to be tried again where a reader refuses it yet (%s)", async (at, name) => {
    const { result } = await tested(failing(at, refusal("CredentialRejectedError", "LoginRefused")));
    expect(result).toMatchObject({
      name: "TransientError",
      code: "ReaderBehind",
      message: expect.stringContaining(name),
    });
  });

  it("says which reader could not be asked, in the words of the error", async () => {
    const cause = { name: "Error", message: "away" };
    const away = new KeyturnError("TransientError", { code: "HostUnreachable", message: "It is away.", cause });
    const { result } = await tested(failing("login app at replica-1", away));
    expect(result).toMatchObject({ name: "TransientError", code: "HostUnreachable", cause });
    expect(result.message).toBe("HostUnreachable: The reader replica-1 could not be asked. It is away.");
    const without = refusal("TransientError", "HostUnreachable");
    expect((await tested(failing("login app at replica-1", without))).result.cause).toBeUndefined();
    const bug = new TypeError("of ours");
    expect((await tested(failing("login app at replica-1", bug))).result).toBe(bug);
  });

  it("logs in at no reader that the deployment does not allow", async () => {
    const { world, plan, did } = await created("single-user", { tags, rules, logins: { app } });
    const reach = { ...world, rules: { ...world.rules, readers: ["replica-1"] } };
    await expect(testSecret(reach, { plan, attempt: 0 })).rejects.toMatchObject({
      name: "InvalidSecretError",
      code: "ReaderNotAllowed",
      message: expect.stringContaining("replica-2"),
    });
    expect(did.filter((what) => what.includes("replica"))).toEqual([]);
  });
});

describe("Finish secret", () => {
  const kept = { KEYTURN_KEPT_CURRENT: LEFT, KEYTURN_KEPT_PENDING: PREVIOUS };
  const there = worldOf("single-user", {
    secret: described({
      versions: {
        [CURRENT]: ["AWSCURRENT"],
        [LEFT]: ["KEYTURN_KEPT_CURRENT"],
        [PREVIOUS]: ["KEYTURN_KEPT_PENDING"],
      },
    }),
  });

  it("moves AWSCURRENT, leaves AWSPENDING, and takes off what was kept for a person", async () => {
    const { world, plan, move, labels } = await begun(there);
    expect(plan.kept).toEqual(Object.entries(kept).map(([label, versionId]) => ({ label, versionId })));
    move("AWSPENDING", OWN_VERSION);
    expect(await finishSecret(world, { plan, attempt: 0 })).toEqual({ moved: true });
    const done = { [OWN_VERSION]: ["AWSCURRENT", "AWSPENDING"], [CURRENT]: ["AWSPREVIOUS"] };
    expect(labels()).toEqual(done);
    expect(await finishSecret(world, { plan, attempt: 1 })).toEqual({ moved: false });
    expect(labels()).toEqual(done);
  });

  it("fails where somebody else has moved it, and takes nothing off", async () => {
    const { world, plan, move, labels } = await begun(there);
    move("AWSCURRENT", PREVIOUS);
    await expect(finishSecret(world, { plan, attempt: 0 })).rejects.toMatchObject({
      name: "ConflictError",
      code: "CurrentMoved",
    });
    expect(labels()[LEFT]).toEqual(["KEYTURN_KEPT_CURRENT"]);
  });
});
