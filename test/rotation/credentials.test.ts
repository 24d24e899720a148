import { describe, expect, it } from "vitest";
import { KeyturnError } from "../../src/errors.js";
import { readBoth, readCurrent, readLeft, readPending, readWithAdmin } from "../../src/rotation/credentials.js";
import { currentRejected } from "../../src/rotation/logins.js";
import { checkNext } from "../../src/rotation/pending.js";
import type { RotatePlan } from "../../src/rotation/plans.js";
import { refusal } from "./imagined/databases.js";
import { ADMIN_VERSION, admin, OWN_VERSION, plan, planned, valueFor, worldOf } from "./imagined/rotation.js";
import { CURRENT, described, imagine, LEFT, value } from "./imagined.js";

const left = { ...plan, leftVersionId: LEFT, resumed: true };

describe("what stands under AWSPENDING", () => {
  const reading = (values: Readonly<Record<string, unknown>>, of: RotatePlan = left) => {
    const { world } = imagine({ values });
    return readCurrent(world, of).then((current) => readPending(world, of, current));
  };
  const own = { ...value, password: "p4ss-of-its-own" };
  const before = { ...value, password: "p4ss-that-was-left" };

  it("is the rotation's own, whole, once it is stored", async () => {
    expect(await reading({ [OWN_VERSION]: own, [LEFT]: before })).toMatchObject({
      access: { username: "app", password: "p4ss-of-its-own" },
      isWhole: true,
    });
  });

  it("is what was left before that, which may never become current as it is", async () => {
    expect(await reading({ [LEFT]: before })).toMatchObject({
      access: { password: "p4ss-that-was-left" },
      isWhole: false,
    });
  });

  it("is nothing where neither is there", async () => {
    expect(await reading({})).toBeUndefined();
    expect(await reading({}, plan)).toBeUndefined();
  });

  it("gives user name and password and nothing else: where to log in, AWSCURRENT says", async () => {
    const found = await reading({ [OWN_VERSION]: { ...own, dbname: "of-somebody", ssl: true } });
    expect(found).toMatchObject({ access: { database: "shop", password: "p4ss-of-its-own" }, isWhole: false });
  });

  it("is not what was left where the rotation's own is asked for", async () => {
    const { world } = imagine({ values: { [LEFT]: before } });
    await expect(readBoth(world, left)).rejects.toMatchObject({ code: "PendingGone" });
  });

  it("is looked for only where something was left", async () => {
    const { world } = imagine();
    const current = await readCurrent(world, plan);
    world.secrets.version = () => Promise.reject(new Error("nothing is to be looked for"));
    expect(await readLeft(world, plan, current)).toBeUndefined();
  });
});

describe("AWSCURRENT", () => {
  it("is named in what is said of it", async () => {
    const { world } = imagine({ values: { [CURRENT]: "of somebody" } });
    await expect(readCurrent(world, plan)).rejects.toMatchObject({
      message: expect.stringContaining("secret shop/orders (AWSCURRENT)"),
    });
  });

  it("takes along what the schedule lets its server ask for, and nothing else", async () => {
    const { world } = imagine();
    expect(await readCurrent(world, { ...plan, mayAskFor: "md5" })).toMatchObject({ mayAskFor: "md5" });
    expect(await readCurrent(world, plan)).not.toHaveProperty("mayAskFor");
  });

  it("that is refused is said so with the database's own cause; any other error is not touched", () => {
    const access = { ...value, port: 1, database: "", tls: true };
    const cause = { name: "error", code: "28P01", message: "password authentication failed" };
    const refused = new KeyturnError("CredentialRejectedError", { code: "LoginRefused", message: "No.", cause });
    expect(currentRejected(access, refused)).toMatchObject({ code: "CurrentRejected", cause });
    const away = refusal("TransientError", "DatabaseAway");
    expect(currentRejected(access, away)).toBe(away);
  });
});

describe("the admin", () => {
  const access = async (more: Parameters<typeof worldOf>[1] = {}, change: object = {}) => {
    const { world, plan } = await planned(worldOf("alternating-users", more));
    return (await readWithAdmin(world, { ...plan, ...change })).admin.access;
  };

  it("enters its own database", async () => {
    expect(await access()).toMatchObject({ username: "boss", database: "boss" });
  });

  it.each(["redshift", "mongo"])(
    "enters the application's where the engine keeps rights or logins in each (%s)",
    async (engine) => {
      const values = {
        [CURRENT]: { ...valueFor("alternating-users"), engine },
        [ADMIN_VERSION]: { ...admin, engine },
      };
      const { world, plan } = await planned(worldOf("alternating-users", { values }));
      const enters = world.databases.engine(engine).traits.adminEntersApplications;
      const { database } = (await readWithAdmin(world, plan)).admin.access;
      expect(database).toBe(enters ? "shop" : "boss");
    },
  );

  it("is asked for no more by the server than the application's login", async () => {
    expect(await access({}, { mayAskFor: "md5" })).toMatchObject({ mayAskFor: "md5" });
    expect(await access()).not.toHaveProperty("mayAskFor");
  });

  it("whose secret AWS manages is completed by where its tags say that the server is", async () => {
    const managed = { username: "boss", password: "of-aws" };
    const tags: unknown[] = [];
    const servers = {
      async ofTags(_: string, said: Readonly<Record<string, string>>) {
        tags.push(said);
        return { engine: "postgres", host: "db", port: 5432 };
      },
    };
    const found = await access({ values: { [ADMIN_VERSION]: managed }, servers });
    expect(found).toMatchObject({ host: "db", port: 5432, username: "boss", password: "of-aws" });
    expect(tags).toEqual([expect.objectContaining({ "keyturn:admin": "shop/" })]);
  });

  it.each<[string, unknown, string]>([
    ["names an engine", { engine: "postgres", username: "boss", password: "p" }, "MissingKey"],
    ["names a host", { host: "db", username: "boss", password: "p" }, "MissingKey"],
    ["has no user name", { password: "p" }, "MissingKey"],
    ["has no password", { username: "boss" }, "MissingKey"],
    ["is a list", "[]", "NotJson"],
    ["is nothing", "null", "NotJson"],
    ["is a number", "7", "NotJson"],
    ["is no JSON", "of somebody", "NotJson"],
    ["is binary", null, "BinarySecret"],
  ])("whose secret %s is not taken for one that AWS manages", async (_, text, code) => {
    await expect(access({ values: { [ADMIN_VERSION]: text } })).rejects.toMatchObject({
      code,
      message: expect.stringContaining("admin secret (masterarn)"),
    });
  });

  it("of another server is told by the key that differs", async () => {
    await expect(access({ values: { [ADMIN_VERSION]: { ...admin, port: 1 } } })).rejects.toMatchObject({
      code: "AdminMismatch",
      message: expect.stringContaining('"port" differs'),
    });
  });
});

describe("a version that is another user's", () => {
  const { world } = imagine({ secret: described() });
  const alternating = { engine: "postgres", strategy: "alternating-users" as const, versionId: LEFT };
  const refused = (next: string, expected: string) => () =>
    expect(() => checkNext(world, alternating, "app", next)).toThrow(
      expect.objectContaining({ code: "ForeignPending", message: expect.stringContaining(`"${expected}" is next`) }),
    );

  it("is said so with the user who is next, and how the label is taken off", () => {
    refused("somebody", "app_clone")();
    refused("app", "app_clone")();
    const command = `aws secretsmanager update-secret-version-stage --secret-id <secret> --version-stage AWSPENDING --remove-from-version-id=${LEFT}`;
    expect(() => checkNext(world, alternating, "app", "somebody")).toThrow(command);
  });

  it("is not quoted at whatever length", () => {
    expect(() => checkNext(world, { ...alternating, strategy: "single-user" }, "app", "u".repeat(900))).toThrow(
      /"u{128}"/,
    );
  });

  it("is none for the other of the pair", () => {
    expect(() => checkNext(world, alternating, "app", "app_clone")).not.toThrow();
    expect(() => checkNext(world, alternating, "app_clone", "app")).not.toThrow();
  });
});
