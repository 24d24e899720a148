import { randomBytes } from "node:crypto";
import { MongoClient } from "mongodb";
import { afterAll, describe, expect, it } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { type FerretdbServer, startFerretdb } from "../../../stage/servers/ferretdb.js";
import { PATIENCE } from "../../tools/patience.js";
import { contract } from "../contract.js";

/** Each changes something, runs a program on the server, or is not one command that reads. */
const PROBED = [
  "drop orders",
  "dropDatabase",
  "ping; drop orders",
  '{"drop": "orders"}',
  '{"insert": "orders", "documents": [{"n": 1}]}',
  '{"aggregate": "orders", "pipeline": [{"$out": "stolen"}], "cursor": {}}',
  '{"find": "orders", "filter": {"$where": "sleep(1000)"}}',
  "",
];

const started = await startFerretdb().catch((reason: Error) => reason);
if (started instanceof Error) {
  const reason = `no FerretDB here: ${started.message.split("\n")[0]}`;
  console.error(`SKIPPED test/engines/documentdb/contract.test.ts: ${reason}`);
  it.skip(`DocumentDB on FerretDB (optional: ${reason})`, () => undefined);
} else {
  afterAll(() => started.stop());
  await onFerretdb(started);
}

async function onFerretdb(server: FerretdbServer): Promise<void> {
  const { host, port, caFile, superuser } = server;
  const engine = await engineFor("documentdb");
  const freshName = () => `u${randomBytes(6).toString("hex")}`;
  const asSuperuser = async <Result>(work: (client: MongoClient) => Promise<Result>): Promise<Result> => {
    const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
      auth: superuser,
      directConnection: true,
      tls: true,
      tlsCAFile: caFile,
    });
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  };
  const createLogin = async (username = freshName()) => {
    const password = `A-f1rst~${randomBytes(6).toString("hex")}`;
    await asSuperuser((client) => client.db("admin").command({ createUser: username, pwd: password, roles: [] }));
    return { username, password };
  };

  contract({
    name: `FerretDB ${server.version}`,
    engine,
    target: { host, port, database: "admin", tls: true },
    caFile,
    createLogin,
    createAdmin: () => createLogin(),
    grantRead: () => Promise.reject(new Error("FerretDB has no roles.")),
    longestName: freshName().padEnd(63, "n"),
    hostileNames: [
      `o'b"r\`ien ${freshName()}`,
      `"}); db.dropDatabase(); // ${freshName()}`,
      `größe\\%s.$x ${freshName()}`,
    ],
    probes: { good: "ping", bad: "drop users", changes: PROBED },
    lacks: {
      clones: "FerretDB takes no roles",
      denials: "FerretDB lets every user change any other",
    },
  });

  describe("DocumentDB's own", () => {
    it("runs probes that read, and no others", async () => {
      const app = await createLogin();
      const session = await engine.connect({
        target: { host, port, database: "admin", tls: true },
        credential: app,
        caFile,
        ...PATIENCE,
      });
      await session.probe(["ping", "count orders", '{"find": "orders", "$db": "shop"}']);
      await expect(session.probe(["drop orders"])).rejects.toMatchObject({ code: "ProbeRefused" });
      await expect(session.probe(["{no json"])).rejects.toMatchObject({ code: "ProbeRefused" });
      await session.close();
    });
  });
}
