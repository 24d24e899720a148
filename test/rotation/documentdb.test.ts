import { MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { type FerretdbServer, startFerretdb } from "../../stage/servers/ferretdb.js";
import { useCloud } from "../tools/cloud.js";
import { freshName, type Login } from "../tools/postgres.js";

const started = await startFerretdb().catch((reason: Error) => reason);
if (started instanceof Error) {
  const reason = `no FerretDB here: ${started.message.split("\n")[0]}`;
  console.error(`SKIPPED test/rotation/documentdb.test.ts: ${reason}`);
  it.skip(`DocumentDB through the workflow (optional: ${reason})`, () => undefined);
} else {
  afterAll(() => started.stop());
  throughTheWorkflow(started);
}

function throughTheWorkflow({ host, port, caFile, superuser }: FerretdbServer): void {
  const keyturn = useCloud({ caFile });
  const connected = async <Result>(login: Login, work: (client: MongoClient) => Promise<Result>): Promise<Result> => {
    const client = new MongoClient(`mongodb://${host}:${port}/`, {
      auth: login,
      directConnection: true,
      tls: true,
      tlsCAFile: caFile,
    });
    return work(client).finally(() => client.close());
  };
  const letsIn = (login: Login) =>
    connected(login, (client) => client.connect()).then(
      () => true,
      ({ code }: { code: number }) => code !== 18,
    );
  const createLogin = async (): Promise<Login> => {
    const login = { username: freshName(), password: "a-first-password-of-some-length" };
    const { username, password } = login;
    await connected(superuser, (client) =>
      client.db("admin").command({ createUser: username, pwd: password, roles: [] }),
    );
    return login;
  };
  const target = { engine: "mongo", host, port, ssl: true };

  describe("DocumentDB through the workflow", () => {
    it("single-user: the new password is accepted and the old one refused", async () => {
      const login = await createLogin();
      const secret = await keyturn.storeSecret({ ...target, ...login }, { "keyturn:schedule": "nightly" });
      expect((await keyturn.rotate(secret)).output.outcome).toBe("succeeded");
      expect([await letsIn(await keyturn.value(secret)), await letsIn(login)]).toEqual([true, false]);
      expect(await keyturn.records(secret)).toMatchObject([{ engine: "documentdb", outcome: "succeeded" }]);
    });

    it("is rolled back by a login when the probe fails", async () => {
      const login = await createLogin();
      const tags = { "keyturn:schedule": "nightly", "keyturn:probe": "drop orders" };
      const secret = await keyturn.storeSecret({ ...target, ...login }, tags);
      await keyturn.rotate(secret);
      expect(await keyturn.records(secret)).toMatchObject([{ outcome: "rolled back" }]);
      expect(await letsIn(login)).toBe(true);
    });
  });
}
