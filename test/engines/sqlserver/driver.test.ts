import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { afterEach, describe, expect, it, vi } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { classify } from "../../../src/engines/sqlserver/errors.js";
import { PATIENCE } from "../../tools/patience.js";
import { greeting, NOT_SUPPORTED, PRELOGIN, REQUIRED } from "./tds.js";

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

  it("sends nothing more to a server that speaks no TLS", async () => {
    const packets: number[] = [];
    await attempt({
      server: (socket) =>
        socket.on("data", (packet) => {
          packets.push(packet[0] ?? 0);
          socket.write(greeting(NOT_SUPPORTED));
        }),
    });
    expect(packets).toEqual([PRELOGIN]);
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
