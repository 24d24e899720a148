import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { classify } from "../../../src/engines/sqlserver/errors.js";
import { localCertificate } from "../../../src/local/postgres/tls.js";
import { PATIENCE } from "../../tools/patience.js";
import { DONE, DONE_PROCEDURE, FACTS, LOGIN_TAKEN, tdsServer } from "./tds.js";
import { BATCH, greeting, LOGIN, NOT_SUPPORTED, OFF, ON, PRELOGIN, packet, REQUIRED } from "./tds-packets.js";

const engine = await engineFor("sqlserver");
const PASSWORD = "V3ry-secret~indeed.ours";

interface Attempt {
  /** What a server does with whoever connects. */
  readonly server?: (socket: Socket) => void;
  readonly host?: string;
  readonly port?: number;
}

async function attempt({ server: talk, host = "127.0.0.1", port }: Attempt): Promise<Error> {
  const open: Socket[] = [];
  const server = createServer((socket) => {
    open.push(socket);
    socket.on("error", () => undefined);
    talk?.(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const session = await engine.connect({
      target: { host, port: port ?? (server.address() as { port: number }).port, tls: true },
      credential: { username: "app", password: PASSWORD },
      ...PATIENCE,
    });
    await session.close();
    throw new Error("It let us in.");
  } catch (error) {
    return error as Error;
  } finally {
    for (const socket of open) socket.destroy();
    server.close();
  }
}

/** A port where nothing listens, because somebody just stopped to. */
async function deadPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

afterEach(() => void vi.useRealTimers());

describe("the driver of SQL Server, without a server", () => {
  it.each<[string, Attempt | (() => Promise<Attempt>), string, string]>([
    ["nothing listens", async () => ({ port: await deadPort() }), "TransientError", "ConnectionRefused"],
    ["the host does not resolve", { host: "db.invalid" }, "TransientError", "HostNotFound"],
    ["the server hangs up", { server: (socket) => socket.destroy() }, "TransientError", "ConnectionLost"],
    [
      "the server speaks no TLS",
      { server: (socket) => socket.once("data", () => socket.write(greeting(NOT_SUPPORTED))) },
      "UnsupportedError",
      "TlsUnsupported",
    ],
    [
      "the server hangs up when TLS begins",
      {
        server: (socket) =>
          socket.once("data", () =>
            socket.write(greeting(REQUIRED), () => socket.once("data", () => socket.destroy())),
          ),
      },
      "TransientError",
      "ConnectionLost",
    ],
  ])("tells that %s", async (_, given, name, code) => {
    const error = await attempt(typeof given === "function" ? await given() : given);
    expect(error).toMatchObject({ name, code });
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain(PASSWORD);
  });

  it("gives up on a server that says nothing", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const answer = attempt({
      server: (socket) => socket.once("data", () => vi.advanceTimersByTime(PATIENCE.connectTimeoutMs)),
    });
    expect(await answer).toMatchObject({ name: "TransientError", code: "DatabaseTimeout" });
  });

  it.each([
    ["has no TLS", greeting(NOT_SUPPORTED)],
    ["has TLS, but not now", greeting(OFF)],
    // The driver believes the last, whoever else believes the first.
    ["has TLS, and has none", greeting(ON, NOT_SUPPORTED)],
    ["says nothing of it", greeting()],
  ])("sends nothing more to a server that %s", async (_, answer) => {
    const packets: number[] = [];
    const error = await attempt({
      server: (socket) =>
        socket.on("data", (packet) => {
          packets.push(packet[0] ?? 0);
          socket.write(answer);
        }),
    });
    expect(packets).toEqual([PRELOGIN]);
    expect(error).toMatchObject({ name: "UnsupportedError", code: "TlsUnsupported" });
  });

  it("says nothing but in TLS to a server that has it", async () => {
    const folder = await mkdtemp(join(tmpdir(), "keyturn-tds-"));
    const { certFile, keyFile } = await localCertificate(folder);
    const certificate = { cert: await readFile(certFile, "utf8"), key: await readFile(keyFile, "utf8") };
    const server = await tdsServer((kind) => {
      if (kind === LOGIN) return packet(LOGIN_TAKEN, DONE);
      return kind === BATCH ? packet(DONE) : packet(FACTS, DONE_PROCEDURE);
    }, certificate);
    const session = await engine.connect({
      target: { host: "localhost", port: server.port, database: "shop", tls: true },
      credential: { username: "app", password: PASSWORD },
      caFile: certFile,
      ...PATIENCE,
    });
    expect(await session.whoAmI()).toMatchObject({ login: "app" });
    await session.close();
    expect(server.heard.slice(0, 2)).toEqual([PRELOGIN, LOGIN]);
    server.stop();
    await rm(folder, { recursive: true });
  });

  it.each([
    [{ errors: [{ code: "ESOCKET", cause: { code: "ECONNREFUSED" } }] }, "TransientError", "ConnectionRefused"],
    [{ code: "ESOCKET", cause: { code: "DEPTH_ZERO_SELF_SIGNED_CERT" } }, "UnsupportedError", "CertificateUntrusted"],
    [
      { code: "ESOCKET", cause: { code: "ERR_TLS_CERT_ALTNAME_INVALID" } },
      "UnsupportedError",
      "CertificateForOtherHost",
    ],
    [{ code: "ETIMEOUT" }, "TransientError", "DatabaseTimeout"],
  ])("knows the error %j", (error, name, code) => {
    expect(classify(error)).toMatchObject({ name, code });
  });
});
