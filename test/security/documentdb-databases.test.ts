import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { engineFor } from "../../src/engines/registry.js";
import { startFerretdb } from "../../stage/servers/ferretdb.js";
import { PATIENCE } from "../tools/patience.js";

// Who owns a database makes a user in it that is called as another team's user is, and has the admin change that one.

const started = await startFerretdb().catch((reason: Error) => reason);
if (started instanceof Error) {
  const reason = `no FerretDB here: ${started.message.split("\n")[0]}`;
  console.error(`SKIPPED test/security/documentdb-databases.test.ts: ${reason}`);
  it.skip(`users of different databases on FerretDB (optional: ${reason})`, () => undefined);
} else {
  const { host, port, caFile, superuser } = started;
  afterAll(() => started.stop());
  const engine = await engineFor("documentdb");
  const password = () => `A-f1rst~${randomBytes(6).toString("hex")}`;
  const login = (database: string, credential: { username: string; password: string }) =>
    engine.connect({
      target: { host, port, database, tls: true },
      credential,
      caFile,
      ...PATIENCE,
    });
  const getsIn = async (...[database, credential]: Parameters<typeof login>) => {
    const session = await login(database, credential).catch((error) => {
      if (error.name === "CredentialRejectedError") return undefined;
      throw error;
    });
    await session?.close();
    return session !== undefined;
  };
  const create = async (database: string, username: string) => {
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
      auth: superuser,
      directConnection: true,
      tls: true,
      tlsCAFile: caFile,
    });
    const credential = { username, password: password() };
    await client
      .db(database)
      .command({ createUser: username, pwd: credential.password, roles: [] })
      .finally(() => client.close());
    return credential;
  };

  describe("users of one name in two databases", () => {
    it("are two: an admin changes the one where it is kept itself, and gets in nowhere else", async () => {
      expect(engine.traits.adminEntersApplications).toBe(true);
      const [admin, theirs] = [await create("admin", "keyturn_admin"), await create("admin", "payroll")];
      const [boss, forged] = [await create("evil", "boss"), await create("evil", "payroll")];
      expect(await getsIn("evil", admin)).toBe(false);

      const session = await login("evil", boss);
      await session.setPassword({ username: "payroll", password: "St0len-by~the.boss" });
      await session.close();
      const stolen = { username: "payroll", password: "St0len-by~the.boss" };
      expect([await getsIn("evil", stolen), await getsIn("evil", forged)]).toEqual([true, false]);
      expect([await getsIn("admin", stolen), await getsIn("admin", theirs)]).toEqual([false, true]);

      const legitimate = await login("admin", admin);
      await legitimate.setPassword({ username: "payroll", password: "R0tated-by~us.all" });
      await legitimate.close();
      const rotated = { username: "payroll", password: "R0tated-by~us.all" };
      expect([await getsIn("admin", rotated), await getsIn("evil", stolen)]).toEqual([true, true]);
    });
  });
}
