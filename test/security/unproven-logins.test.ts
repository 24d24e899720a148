import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { startPostgres } from "../../src/local/postgres/server.js";
import { type Login, toolsFor } from "../../stage/postgres-tools.js";
import { useCloud } from "../tools/cloud.js";

// Whoever may write a secret chooses the database that its login enters, and so how the server refuses it.
const folder = await mkdtemp(join(tmpdir(), "keyturn-unproven-"));
const hba = join(tmpdir(), `${folder.slice(folder.lastIndexOf("/") + 1)}.conf`);
/** Names databases, as those that several applications share do. */
const LINES = [
  "hostssl postgres all 127.0.0.1/32 scram-sha-256",
  "hostssl sameuser all 127.0.0.1/32 scram-sha-256",
  "hostssl monitor all 127.0.0.1/32 trust",
];
await writeFile(hba, `${LINES.join("\n")}\n`, { mode: 0o644 });
const server = await startPostgres({
  dataDir: join(folder, "data"),
  superuserPassword: "the superuser's own",
  settings: { hba_file: hba },
});
const caFile = server.caFile as string;
const { createLogin, createAdmin, letsIn, asSuperuser } = toolsFor({ ...server, caFile });
const keyturn = useCloud({ caFile });

afterAll(async () => {
  await server.stop();
  await removePostgres(join(folder, "data"));
  await rm(folder, { recursive: true, force: true });
  await rm(hba, { force: true });
});

const at = (login: Login, fields: object = {}) => ({
  engine: "postgres",
  host: server.host,
  port: server.port,
  dbname: "postgres",
  ...login,
  ...fields,
});
const secretOf = (login: Login, fields: object = {}, tags = {}) =>
  keyturn.storeSecret(at(login, fields), { "keyturn:schedule": "nightly", ...tags });
const adminOf = (login: Login) => keyturn.storeSecret(at(login), { "keyturn:admin": "test/" });

describe("a login that was refused before it was proven", () => {
  it.each([
    ["a database that pg_hba.conf does not let in, called rds_password", "rds_password"],
    ["a database that pg_hba.conf lets in without a password, and the login may not enter", "monitor"],
  ])("has its password set by no admin: %s", async (_, dbname) => {
    if (dbname === "monitor")
      await asSuperuser(async (client) => {
        await client.query("CREATE DATABASE monitor");
        await client.query("REVOKE CONNECT ON DATABASE monitor FROM PUBLIC");
      });
    const victim = await createLogin();
    const masterarn = await adminOf(await createAdmin(victim.username));
    const secret = await secretOf(
      { username: victim.username, password: "guessed-by-nobody" },
      { masterarn, dbname },
      { "keyturn:strategy": "single-user" },
    );
    await keyturn.rotate(secret);
    const pending = await keyturn.value(secret, "AWSPENDING").catch(() => undefined);
    expect([
      await letsIn(victim),
      pending !== undefined && (await letsIn({ ...victim, password: pending.password })),
    ]).toEqual([true, false]);
  });

  it.each(["127.0.0.1", "localhost"])(
    "that is another's and claimed by its secret, by an admin at %s",
    async (host) => {
      const victim = await createLogin();
      expect((await keyturn.rotate(await secretOf(victim))).output.outcome).toBe("succeeded");
      const admin = await createAdmin(victim.username);
      const masterarn = await keyturn.storeSecret(at(admin, { host }), { "keyturn:admin": "test/" });
      const secret = await secretOf(
        { username: victim.username, password: "guessed-by-nobody" },
        { host, masterarn, dbname: "rds_password" },
        { "keyturn:strategy": "single-user" },
      );
      await keyturn.rotate(secret);
      const pending = await keyturn.value(secret, "AWSPENDING").catch(() => undefined);
      expect(pending !== undefined && (await letsIn({ ...victim, password: pending.password }))).toBe(false);
    },
  );
});
