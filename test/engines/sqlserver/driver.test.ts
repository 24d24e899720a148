import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { classify } from "../../../src/engines/sqlserver/errors.js";

const engine = await engineFor("sqlserver");
const PASSWORD = "V3ry-secret~indeed.ours";

async function attempt(answer: ((socket: Socket) => void) | number | string, tls = true): Promise<Error> {
  const open: Socket[] = [];
  const server = createServer((socket) => {
    open.push(socket);
    socket.on("error", () => undefined);
    if (typeof answer === "function") answer(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  try {
    const session = await engine.connect({
      target: {
        host: typeof answer === "string" ? answer : "127.0.0.1",
        port: typeof answer === "number" ? answer : port,
        tls,
      },
      credential: { username: "app", password: PASSWORD },
      connectTimeoutMs: 1_000,
      statementTimeoutMs: 1_000,
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

/** A PRELOGIN answer: https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/60f56408-0188-4cd5-8b90-25c6f2423868 */
function prelogin(encryption: number): Buffer {
  const options = Buffer.from([0, 0, 11, 0, 6, 1, 0, 17, 0, 1, 0xff]);
  const data = Buffer.from([16, 0, 0, 0, 0, 0, encryption]);
  const payload = Buffer.concat([options, data]);
  const header = Buffer.from([4, 1, 0, 8 + payload.length, 0, 0, 1, 0]);
  return Buffer.concat([header, payload]);
}

/** The kind of the packet that comes before a login's, 16. */
const PRELOGIN = 18;
const NOT_SUPPORTED = 2;
const REQUIRED = 3;

describe("the driver of SQL Server, without a server", () => {
  it.each<[string, Parameters<typeof attempt>, string, string]>([
    ["nothing listens", [1], "TransientError", "ConnectionRefused"],
    ["the host does not resolve", ["db.invalid"], "TransientError", "HostNotFound"],
    ["the server says nothing", [() => undefined], "TransientError", "DatabaseTimeout"],
    ["the server hangs up", [(socket) => socket.destroy()], "TransientError", "ConnectionLost"],
    [
      "the server speaks no TLS",
      [(socket) => socket.once("data", () => socket.write(prelogin(NOT_SUPPORTED)))],
      "UnsupportedError",
      "TlsUnsupported",
    ],
    [
      "the server hangs up when TLS begins",
      [
        (socket) =>
          socket.once("data", () =>
            socket.write(prelogin(REQUIRED), () => socket.once("data", () => socket.destroy())),
          ),
      ],
      "TransientError",
      "ConnectionLost",
    ],
  ])("tells that %s", async (_, [answer, tls], name, code) => {
    const error = await attempt(answer, tls);
    expect(error).toMatchObject({ name, code });
    expect(JSON.stringify([error.message, error.stack, error.cause])).not.toContain(PASSWORD);
  });

  it("sends nothing more to a server that speaks no TLS", async () => {
    const packets: number[] = [];
    await attempt((socket) =>
      socket.on("data", (packet) => {
        packets.push(packet[0] ?? 0);
        socket.write(prelogin(NOT_SUPPORTED));
      }),
    );
    expect(packets).toEqual([PRELOGIN]);
  });

  it.each([
    [{ number: 18456, code: "ELOGIN" }, "CredentialRejectedError", "LoginRefused"],
    [{ number: 18486, code: "ELOGIN" }, "CredentialRejectedError", "AccountLocked"],
    [{ number: 15118 }, "InvalidSecretError", "PasswordRefused"],
    [{ number: 15116 }, "InvalidSecretError", "PasswordRefused"],
    [{ number: 4060, code: "ELOGIN" }, "InvalidSecretError", "UnknownDatabase"],
    [{ number: 15151 }, "AccessDeniedError", "PermissionDenied"],
    [{ number: 1205 }, "TransientError", "TryAgain"],
    [{ number: 3906 }, "UnsupportedError", "ReaderEndpoint"],
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
