import { describe, expect, it } from "vitest";
import { useCloud } from "../tools/cloud.js";
import {
  asSuperuser,
  connected,
  createAdmin,
  createLogin,
  freshName,
  type Login,
  letsIn,
  logins,
} from "../tools/postgres.js";

const keyturn = useCloud();

async function pairOf(login: Login, tags: Readonly<Record<string, string>> = {}) {
  const admin = await createAdmin(login.username);
  const masterarn = await keyturn.adminSecretFor(admin);
  return { admin, secret: await keyturn.secretFor(login, { masterarn }, tags) };
}

describe("alternating users", () => {
  it("take turns: the one before still gets in, the one before that does not", async () => {
    const login = await createLogin();
    const { admin, secret } = await pairOf(login);
    const credentials: Login[] = [login];
    for (const username of [`${login.username}_clone`, login.username, `${login.username}_clone`]) {
      const callsBefore = keyturn.cloud.calls().length;
      // The server's log counts milliseconds, and the logins of the turn before may be of this one.
      const since = new Date(Date.now() + 1);
      const { output } = await keyturn.rotate(secret);
      expect(output.outcome).toBe("succeeded");
      const calls = keyturn.cloud
        .calls()
        .slice(callsBefore)
        .filter(({ service, caller }) => service === "secretsmanager" && !caller.includes("NoticeMove"));
      expect(calls.length).toBe(11);
      const { ok, failed } = await logins(since);
      const ours = [...ok, ...failed].filter(({ user }) => user.startsWith(login.username) || user === admin.username);
      expect(ours).toHaveLength(3);
      credentials.unshift(await keyturn.value(secret));
      expect(credentials[0]?.username).toBe(username);
      expect(await Promise.all(credentials.slice(0, 3).map(letsIn))).toEqual(
        [true, true, false].slice(0, credentials.length),
      );
    }
  });

  it("share rights and ownership, and what one makes the other may use", async () => {
    const login = await createLogin();
    const schema = freshName("shop");
    await asSuperuser((client) => client.query(`CREATE SCHEMA ${schema} AUTHORIZATION ${login.username}`));
    await connected(login, (client) => client.query(`CREATE TABLE ${schema}.first (id int)`));
    const { secret } = await pairOf(login);
    await keyturn.rotate(secret);
    const clone = await keyturn.value(secret);
    await connected(clone, async (client) => {
      await client.query(
        `INSERT INTO ${schema}.first VALUES (1); CREATE TABLE ${schema}.second (id int); ALTER TABLE ${schema}.first ADD note text`,
      );
    });
    await keyturn.rotate(secret);
    const base = await keyturn.value(secret);
    expect(base.username).toBe(login.username);
    await connected(base, (client) =>
      client.query(`ALTER TABLE ${schema}.second ADD note text; DROP TABLE ${schema}.first`),
    );
  });

  it("keep apart what looks alike: a user really named …_clone has a clone of its own", async () => {
    const name = freshName();
    await createLogin("", name);
    const login = await createLogin("", `${name}_clone`);
    const { secret } = await pairOf(login);
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect((await keyturn.value(secret)).username).toBe(`${name}_clone_clone`);
  });

  it("do not take over a role that is someone else's", async () => {
    const login = await createLogin();
    await createLogin("", `${login.username}_clone`);
    const { secret } = await pairOf(login);
    const { status, cause } = await keyturn.rotate(secret);
    expect(status).toBe("FAILED");
    expect(cause).toMatch(/CloneNameTaken|AdminLacksRight/);
    expect(await keyturn.records(secret)).toMatchObject([{ outcome: "rolled back" }]);
    expect(await letsIn(login)).toBe(true);
  });

  it("say which GRANT the admin lacks", async () => {
    const login = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createLogin("CREATEROLE", freshName("admin")));
    const secret = await keyturn.secretFor(login, { masterarn });
    const { error, cause } = await keyturn.rotate(secret);
    expect(error).toBe("AccessDeniedError");
    expect(cause).toContain(`GRANT "${login.username}" TO`);
    expect(cause).toContain("WITH ADMIN OPTION");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
  });

  it("with grants kept use the pair as it was made", async () => {
    const login = await createLogin();
    const clone = await createLogin(`IN ROLE ${login.username}`, `${login.username}_clone`);
    await asSuperuser((client) =>
      client.query(`COMMENT ON ROLE ${clone.username} IS 'keyturn: clone of "${login.username}"'`),
    );
    const admin = await createAdmin(login.username, clone.username);
    const masterarn = await keyturn.adminSecretFor(admin);
    const secret = await keyturn.secretFor(login, { masterarn }, { "keyturn:grants": "keep" });
    expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
    expect((await keyturn.value(secret)).username).toBe(clone.username);
    const settings = await asSuperuser(
      async (client) =>
        (await client.query("SELECT rolconfig FROM pg_roles WHERE rolname = $1", [clone.username])).rows[0],
    );
    expect(settings).toEqual({ rolconfig: null });
  });

  it("refuse a wrong admin before anything is stored", async () => {
    const login = await createLogin();
    const admin = await createAdmin(login.username);
    const masterarn = await keyturn.adminSecretFor({ ...admin, password: "wrong" });
    const secret = await keyturn.secretFor(login, { masterarn });
    const { error } = await keyturn.rotate(secret);
    expect(error).toBe("CredentialRejectedError");
    expect(await letsIn(await keyturn.value(secret))).toBe(true);
    expect(Object.values(await keyturn.labels(secret)).flat()).toEqual(["AWSCURRENT"]);
  });

  it("do not set a password that an admin was tricked into", async () => {
    const victim = await createLogin();
    const attacker = await createLogin();
    const masterarn = await keyturn.adminSecretFor(await createAdmin(victim.username, attacker.username));
    const secret = await keyturn.secretFor({ username: victim.username, password: attacker.password }, { masterarn });
    const { error, cause } = await keyturn.rotate(secret);
    expect(error).toBe("CredentialRejectedError");
    expect(cause).toContain("CurrentRejected");
    expect(await letsIn(victim)).toBe(true);
  });

  it("refuse an admin of another host, a proxy, and the secret itself", async () => {
    const login = await createLogin();
    const { secret } = await pairOf(login);
    const own = await keyturn.value(secret);
    const cases: Array<[object, string]> = [
      [{ host: "localhost" }, "AdminMismatch"],
      [{ host: "app.proxy-abcdefghijkl.eu-central-1.rds.amazonaws.com" }, "ProxyHost"],
      [{ masterarn: undefined }, "MissingKey"],
    ];
    for (const [fields, code] of cases) {
      const other = await keyturn.storeSecret(
        { ...own, ...fields },
        { "keyturn:schedule": "nightly", "keyturn:strategy": "alternating-users" },
      );
      expect((await keyturn.rotate(other)).cause).toContain(code);
    }
  });
});
