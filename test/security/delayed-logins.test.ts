import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { engineFor } from "../../src/engines/registry.js";
import { PATIENCE } from "../tools/patience.js";
import { asSuperuser, createLogin, freshName } from "../tools/postgres.js";
import { startProxy } from "../tools/tcp-proxy.js";

// A server that gave three rotations no answer is left alone, with all its secrets. Who owns one database there must not be able
// to have that said of it.

const postgres = inject("postgres");
// As long as a test waits for what must not come: far longer than a server takes to say its first byte on a busy machine.
const SHORT = { connectTimeoutMs: 10_000, statementTimeoutMs: 10_000 };

let proxy: Awaited<ReturnType<typeof startProxy>>;
beforeAll(async () => {
  proxy = await startProxy(postgres);
});
afterAll(() => proxy.close());

async function login(
  engine: string,
  port: number,
  fields: { database?: string; tls?: boolean } = {},
  patience: typeof PATIENCE | typeof SHORT = SHORT,
) {
  const { connect } = await engineFor(engine);
  const session = await connect({
    target: { host: postgres.host, port, tls: true, ...fields },
    credential: await credential,
    caFile: postgres.caFile,
    ...patience,
  });
  await session.close();
}
const credential = createLogin();

// Side by side: most take all that time.
describe.concurrent("a login that waits", () => {
  it("because its database's owner holds a lock, is none of a silent server", async () => {
    const database = freshName("held");
    await asSuperuser(async (client) => {
      await client.query(`CREATE DATABASE ${database}`);
      await client.query("BEGIN");
      await client.query(`ALTER DATABASE ${database} RENAME TO ${database}_away`);
      await expect(login("postgres", postgres.port, { database })).rejects.toMatchObject({
        name: "TransientError",
        code: "LoginDelayed",
      });
      await client.query("ROLLBACK");
      await login("postgres", postgres.port, { database }, PATIENCE);
    });
  });

  it("where the server says nothing at all, is one", async () => {
    proxy.hang();
    await expect(login("postgres", proxy.port)).rejects.toMatchObject({ code: "DatabaseTimeout" });
  });

  it.each(["mysql", "mariadb"])("after the greeting of %s's protocol, is none of a silent server", async (engine) => {
    const { port, close } = await greeting();
    await expect(login(engine, port, { tls: false })).rejects.toMatchObject({ code: "LoginDelayed" });
    await close();
  });

  it.each(["mysql", "mariadb"])("before the greeting of %s's protocol, is one", async (engine) => {
    proxy.hang();
    const silence = expect.stringMatching(/^(ConnectTimeout|DatabaseTimeout)$/);
    await expect(login(engine, proxy.port, { tls: false })).rejects.toMatchObject({ code: silence });
  });
});

/** A server that greets as MySQL 8.4 does, and then says nothing more. */
async function greeting() {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.write(GREETING);
  });
  server.listen(0, postgres.host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase_packets_protocol_handshake_v10.html */
const GREETING = (() => {
  const body = Buffer.concat([
    Buffer.from([10]),
    Buffer.from("8.4.0\0"),
    Buffer.from([1, 0, 0, 0]),
    Buffer.from("01234567\0"),
    Buffer.from([0xff, 0xf7, 0xff, 2, 0, 0xff, 0xdf, 21]),
    Buffer.alloc(10),
    Buffer.from("890123456789\0"),
    Buffer.from("caching_sha2_password\0"),
  ]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
})();
