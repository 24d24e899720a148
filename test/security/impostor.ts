import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { removePostgres } from "../../src/local/postgres/cluster.js";
import { startPostgres } from "../../src/local/postgres/server.js";
import type { Login } from "../tools/postgres.js";

export interface Impostor {
  readonly host: string;
  readonly port: number;
  /** Makes a login of this name and password there. */
  know(login: Login): Promise<void>;
  /** How many connections came. */
  visits(): number;
  close(): Promise<void>;
}

/**
 * A server of the attacker's own, without TLS: a real PostgreSQL that knows whichever logins he likes, behind a relay that
 * answers each change of a password as a server does that does not permit it.
 */
export async function startImpostor(): Promise<Impostor> {
  const folder = await mkdtemp(join(tmpdir(), "keyturn-impostor-"));
  const dataDir = join(folder, "postgres");
  const server = await startPostgres({ dataDir, superuserPassword: "the impostor's own" });
  let visits = 0;
  const relay = createServer((client) => {
    visits += 1;
    const upstream = connect(server.port, server.host);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      from.on("error", () => to.destroy());
      from.on("close", () => to.destroy());
    }
    upstream.pipe(client);
    client.on("data", (data) => {
      if (data.includes("ALTER ROLE")) client.write(Buffer.concat([DENIED, READY]));
      else upstream.write(data);
    });
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  return {
    host: "127.0.0.1",
    port: (relay.address() as AddressInfo).port,
    visits: () => visits,
    async know({ username, password }) {
      const { host, port, superuser, superuserPassword } = server;
      const client = new pg.Client({ host, port, user: superuser, password: superuserPassword, database: "postgres" });
      await client.connect();
      await client.query(
        `CREATE ROLE ${client.escapeIdentifier(username)} LOGIN PASSWORD ${client.escapeLiteral(password)}`,
      );
      await client.end();
    },
    async close() {
      relay.close();
      await server.stop();
      await removePostgres(dataDir);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function message(type: string, body: string): Buffer {
  const bytes = Buffer.from(body, "latin1");
  const head = Buffer.alloc(5);
  head.write(type);
  head.writeInt32BE(bytes.length + 4, 1);
  return Buffer.concat([head, bytes]);
}

/** https://www.postgresql.org/docs/current/protocol-message-formats.html */
const DENIED = message("E", "SERROR\0VERROR\0C42501\0Mpermission denied to alter role\0\0");
const READY = message("Z", "I");
