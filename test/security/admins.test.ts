import { TagResourceCommand } from "@aws-sdk/client-secrets-manager";
import { describe, expect, inject, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import { asSuperuser, createAdmin, createLogin, freshName, type Login, letsIn } from "../tools/postgres.js";

// Whoever may write a secret may name any admin of the account in it.
const keyturn = useCloud();
const { superuser, superuserPassword, host, port } = inject("postgres");

const rolesLike = (name: string) =>
  asSuperuser(async (client) => {
    const { rows } = await client.query("SELECT rolname FROM pg_roles WHERE rolname LIKE $1 ORDER BY 1", [`${name}%`]);
    return rows.map(({ rolname }) => rolname as string);
  });

async function admins(login: Login, tags: Readonly<Record<string, string>>): Promise<string> {
  return keyturn.storeSecret({ engine: "postgres", host, port, ...login }, tags, "another-team/");
}

describe("an admin of another team", () => {
  it.each(["single-user", "alternating-users"])(
    "does nothing for a secret that names it, with %s",
    async (strategy) => {
      const login = await createLogin();
      const admin = await createAdmin(login.username);
      const masterarn = await admins(admin, { "keyturn:admin": "another-team/ a-third/" });
      const secret = await keyturn.secretFor(login, { masterarn }, { "keyturn:strategy": strategy });
      const before = await keyturn.labels(secret);
      expect((await keyturn.rotate(secret)).cause).toMatch(/^AdminNotOffered/);
      expect(await keyturn.labels(secret)).toEqual(before);
      expect(await rolesLike(login.username)).toEqual([login.username]);
      // Offered by its owner, it does.
      await keyturn
        .secrets()
        .send(
          new TagResourceCommand({ SecretId: masterarn, Tags: [{ Key: "keyturn:admin", Value: "a-third/ test/" }] }),
        );
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    },
  );

  it("that leaves it to the deployment serves whom its settings list, and nobody else", async () => {
    const login = await createLogin();
    const masterarn = await admins(await createAdmin(login.username), { "keyturn:admin": "true" });
    const secret = await keyturn.secretFor(login, { masterarn });
    expect((await keyturn.rotate(secret)).cause).toMatch(/^AdminNotOffered/);
    await keyturn.restart({ admins: [{ arn: masterarn, for: ["test/"], superuser: false }] });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    await keyturn.restart({ admins: [{ arn: masterarn, for: ["tests/"], superuser: false }] });
    expect((await keyturn.rotate(secret)).cause).toMatch(/^AdminNotOffered/);
  });

  it("is found out about by a dry run", async () => {
    const login = await createLogin();
    const masterarn = await admins(await createAdmin(login.username), { "keyturn:admin": "another-team/" });
    const { output } = await keyturn.check(await keyturn.secretFor(login, { masterarn }));
    expect(output).toMatchObject({ ok: false, reason: "AdminNotOffered" });
  });
});

describe("an admin that may do everything", () => {
  it("does nothing, unless the deployment accepts it by its ARN", async () => {
    const login = await createLogin();
    const masterarn = await admins({ username: superuser, password: superuserPassword }, { "keyturn:admin": "test/" });
    const secret = await keyturn.secretFor(login, { masterarn });
    expect((await keyturn.rotate(secret)).cause).toMatch(/^SuperuserAdmin/);
    expect(await rolesLike(login.username)).toEqual([login.username]);
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    await keyturn.restart({ admins: [{ arn: masterarn, for: [], superuser: true }] });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
  });
});

describe("the admin's session", () => {
  it("is in the database of its own secret, whatever the application's names", async () => {
    const login = await createLogin();
    const database = freshName("shop");
    await asSuperuser((client) => client.query(`CREATE DATABASE ${database} OWNER ${login.username}`));
    const admin = await createAdmin(login.username);
    const secret = await keyturn.secretFor(login, {
      dbname: database,
      masterarn: await keyturn.adminSecretFor(admin),
    });
    const since = new Date();
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    const { readFile } = await import("node:fs/promises");
    const log = await readFile(inject("postgres").logFile, "utf8");
    const entered = [...log.matchAll(/connection authorized: user=(\S+) database=(\S+)/g)]
      .filter(([, user]) => user === admin.username)
      .map(([, , name]) => name);
    expect(since).toBeInstanceOf(Date);
    expect(entered.length).toBeGreaterThan(0);
    expect(new Set(entered)).toEqual(new Set(["postgres"]));
  });

  it("believes no login that came without TLS where the admin's has it", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(login.username));
    const secret = await keyturn.secretFor(login, { masterarn, ssl: false });
    expect((await keyturn.rotate(secret)).cause).toMatch(/^AdminMismatch: "ssl"/);
    expect(await rolesLike(login.username)).toEqual([login.username]);
  });
});
