import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { engineFor } from "../../src/engines/registry.js";
import { PATIENCE } from "../tools/patience.js";

// Whoever answers for the server sends the login, and with it the password, to another address.

const engine = await engineFor("sqlserver");
const open: { close(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

/** https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/e5ea8520-1ea3-4a75-a2a9-c17e63e9ee19 (packet headers) */
const PRELOGIN = 18;
const LOGIN = 16;
const packet = (payload: Buffer) =>
  Buffer.concat([Buffer.from([4, 1, 0, 0, 0, 0, 1, 0]).fill(8 + payload.length, 3, 4), payload]);
const token = (kind: number, data: Buffer) =>
  Buffer.concat([Buffer.from([kind, data.length & 0xff, data.length >> 8]), data]);
const utf16 = (text: string) => Buffer.from(text, "utf16le");

/** No encryption, which is what the secret says here. */
const GREETING = packet(
  Buffer.concat([Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]), Buffer.from([16, 0, 0, 0, 0, 0, 2])]),
);
const LOGIN_TAKEN = token(
  0xad,
  Buffer.concat([Buffer.from([1, 0x74, 0, 0, 4, 3]), utf16("SQL"), Buffer.from([16, 0, 0, 0])]),
);
const DONE = Buffer.concat([Buffer.from([0xfd]), Buffer.alloc(12)]);

function routing(host: string, port: number): Buffer {
  const address = Buffer.concat([Buffer.from([0, port & 0xff, port >> 8, host.length, 0]), utf16(host)]);
  return token(0xe3, Buffer.concat([Buffer.from([20, address.length, 0]), address, Buffer.from([0, 0])]));
}

async function listening(answer: Buffer) {
  const heard: number[] = [];
  const server = createServer((socket: Socket) => {
    open.push({ close: () => socket.destroy() });
    socket.on("error", () => undefined);
    socket.on("data", (data) => {
      const kind = data[0] ?? 0;
      heard.push(kind);
      if (kind === PRELOGIN) socket.write(GREETING);
      else if (kind === LOGIN) socket.write(answer);
      else socket.destroy();
    });
  }).listen(0, "127.0.0.1");
  open.push(server);
  await once(server, "listening");
  return { heard, port: (server.address() as { port: number }).port };
}

describe("a server that answers a login with another's address", () => {
  it("is told from one that lets it in, hears the password once, and the other never does", async () => {
    const elsewhere = await listening(packet(Buffer.concat([LOGIN_TAKEN, DONE])));
    const named = await listening(packet(Buffer.concat([routing("127.0.0.1", elsewhere.port), LOGIN_TAKEN, DONE])));
    const connect = (port: number) =>
      engine.connect({
        target: { host: "127.0.0.1", port, tls: false },
        credential: { username: "app", password: "V3ry-secret~indeed.ours" },
        ...PATIENCE,
      });
    await expect(connect(named.port)).rejects.toMatchObject({ name: "UnsupportedError", code: "Redirected" });
    expect(named.heard.filter((kind) => kind === LOGIN)).toHaveLength(1);
    expect(elsewhere.heard).toEqual([]);
    // Let in, it goes on with statements, where this server hangs up.
    await connect(elsewhere.port).catch(() => undefined);
    expect(elsewhere.heard.slice(0, 2)).toEqual([PRELOGIN, LOGIN]);
    expect(elsewhere.heard.length).toBeGreaterThan(2);
  });
});
