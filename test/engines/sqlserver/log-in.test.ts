import { afterEach, describe, expect, it, vi } from "vitest";
import type { Session } from "../../../src/engines/engine.js";
import { engineFor } from "../../../src/engines/registry.js";
import { PATIENCE } from "../../tools/patience.js";
import {
  type Answering,
  DONE,
  DONE_IN_ERROR,
  DONE_PROCEDURE,
  errorToken,
  FACTS,
  LOGIN_TAKEN,
  packetSize,
  row,
  type TdsServer,
  tdsServer,
} from "./tds.js";
import { ATTENTION, BATCH, LOGIN, packet } from "./tds-packets.js";

const engine = await engineFor("sqlserver");
const servers: TdsServer[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) server.stop();
});

async function connectTo(answer: Answering): Promise<Session> {
  const server = await tdsServer(answer);
  servers.push(server);
  return engine.connect({
    target: { host: "127.0.0.1", port: server.port, database: "shop", tls: false },
    credential: { username: "app", password: "V3ry-secret~indeed.ours" },
    ...PATIENCE,
  });
}

const refusing = (...numbers: readonly number[]) => {
  const said = numbers.map((number) => errorToken(number, `Login failed for user 'error 18456'. (${number})`));
  return connectTo((kind) => (kind === LOGIN ? packet(...said, DONE_IN_ERROR) : undefined));
};

/** A server that lets one in and answers every statement with these tokens. */
const answering = (...tokens: readonly Buffer[]) =>
  connectTo((kind, before) => {
    if (kind === LOGIN) return packet(LOGIN_TAKEN, DONE);
    if (kind === BATCH) return packet(DONE);
    return before === 0 ? packet(FACTS, DONE_PROCEDURE) : packet(...tokens);
  });

/** https://learn.microsoft.com/sql/relational-databases/errors-events/mssqlserver-18456-database-engine-error */
describe("a login that SQL Server does not take", () => {
  it("is refused where the server says that, and nothing else", async () => {
    await expect(refusing(18456)).rejects.toMatchObject({
      name: "CredentialRejectedError",
      code: "LoginRefused",
      cause: { code: "ELOGIN 18456" },
    });
  });

  it.each([
    [4060, "InvalidSecretError", "UnknownDatabase"],
    [4064, "InvalidSecretError", "UnknownDatabase"],
    [916, "InvalidSecretError", "NotLetIn"],
    [17892, "InvalidSecretError", "NotLetIn"],
    [922, "TransientError", "ServerStopping"],
    [976, "TransientError", "ReplicaUnavailable"],
    [983, "TransientError", "ReplicaUnavailable"],
    [6005, "TransientError", "ServerStopping"],
    [18401, "TransientError", "UnderMaintenance"],
    [18451, "TransientError", "UnderMaintenance"],
    [18461, "TransientError", "UnderMaintenance"],
    [18452, "UnsupportedError", "WindowsLoginsOnly"],
    [18470, "ConflictError", "AccountLocked"],
    [18486, "ConflictError", "LockedOut"],
    [18487, "ConflictError", "PasswordExpired"],
    [18488, "ConflictError", "PasswordExpired"],
    [40501, "TransientError", "ServerStopping"],
    [40613, "TransientError", "ServerStopping"],
    [40615, "TransientError", "FirewallRefused"],
    [17809, "TransientError", "TooManyConnections"],
    // What nobody knows is no word about the password.
    [31_337, "TransientError", "LoginFailed"],
  ])("with error %i is told as %s %s, with 18456 after it or before it or alone", async (number, name, code) => {
    const told = { name, code, cause: { code: `ELOGIN ${number}` } };
    await expect(refusing(number)).rejects.toMatchObject(told);
    await expect(refusing(number, 18456)).rejects.toMatchObject(told);
    await expect(refusing(18456, number)).rejects.toMatchObject(told);
  });

  it("is no refusal where the server says nothing, or goes away in the middle", async () => {
    const silent = connectTo((kind) => (kind === LOGIN ? packet(DONE_IN_ERROR) : undefined));
    await expect(silent).rejects.toMatchObject({ name: "TransientError", code: "LoginFailed" });
    await expect(connectTo(() => undefined)).rejects.toMatchObject({ name: "TransientError", code: "ConnectionLost" });
  });

  it("keeps what the server said before it hung up", async () => {
    const said = unfinished(errorToken(4060, "Cannot open database."));
    const cut = connectTo((kind) => (kind === LOGIN ? { last: said } : undefined));
    await expect(cut).rejects.toMatchObject({ code: "UnknownDatabase", cause: { code: "ELOGIN 4060" } });
  });
});

/** https://learn.microsoft.com/openspecs/windows_protocols/ms-tds/67b6113c-d722-42d1-902c-3f6e8de09173 */
const HOSTILE: ReadonlyArray<readonly [string, Buffer]> = [
  ["a token of a kind that there is not", Buffer.from([0x42, 0, 0])],
  ["a token that has no place there", Buffer.from([0xed, 2, 0, 1, 2])],
  ["a token that is cut off", Buffer.from([0xaa, 0xff, 0xff, 1])],
  ["packets of no length", packetSize("8")],
  ["packets of a length that is no number", packetSize("x")],
];

describe("a server that does not speak as SQL Server does", () => {
  it.each(HOSTILE)("and answers a login with %s ends nothing but the login", async (_, token) => {
    const answer = connectTo((kind) => (kind === LOGIN ? packet(LOGIN_TAKEN, token, DONE) : packet(DONE)));
    await expect(answer).rejects.toMatchObject({ name: "TransientError", code: "ProtocolError" });
  });

  it.each(HOSTILE)("and answers the first settings with %s ends nothing but the login", async (_, token) => {
    const answer = connectTo((kind) => (kind === LOGIN ? packet(LOGIN_TAKEN, DONE) : packet(token, DONE)));
    await expect(answer).rejects.toMatchObject({ name: "TransientError", code: "ProtocolError" });
  });

  it.each(HOSTILE)("and answers a statement with %s ends nothing but the session", async (_, token) => {
    const session = await answering(token, DONE_PROCEDURE);
    await expect(session.isSuperuser()).rejects.toMatchObject({ name: "TransientError", code: "ProtocolError" });
    await expect(session.isSuperuser()).rejects.toMatchObject({ name: "TransientError", code: "ConnectionLost" });
    await session.close();
  });

  it.each(HOSTILE)("and answers the end of a statement that was given up with %s, nor then", async (_, token) => {
    let asked = () => undefined as unknown;
    const session = await connectTo((kind, before) => {
      if (kind === LOGIN) return packet(LOGIN_TAKEN, DONE);
      if (kind === BATCH) return packet(DONE);
      if (kind === ATTENTION) return Buffer.concat([packet(DONE_PROCEDURE), packet(token, DONE)]);
      if (before > 0) asked();
      return before === 0 ? packet(FACTS, DONE_PROCEDURE) : Buffer.alloc(0);
    });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const given = new Promise((resolve) => {
      asked = () => resolve(undefined);
    });
    const answer = expect(session.isSuperuser()).rejects.toMatchObject({ code: "ProtocolError" });
    await given;
    vi.advanceTimersByTime(PATIENCE.statementTimeoutMs);
    await answer;
    vi.useRealTimers();
    await session.close();
  });

  it("is no matter where it does", async () => {
    const session = await answering(row({ superuser: "1" }), DONE_PROCEDURE);
    expect(await session.isSuperuser()).toBe(true);
    expect(await session.whoAmI()).toMatchObject({ login: "app", serverVersion: "16.0.4165.4" });
    await session.close();
  });
});

/** https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors */
describe("a statement that SQL Server answers with an error", () => {
  it.each([
    [15118, "InvalidSecretError", "PasswordRefused"],
    [15116, "InvalidSecretError", "PasswordRefused"],
    [15151, "AccessDeniedError", "PermissionDenied"],
    [1205, "TransientError", "TryAgain"],
    [3906, "UnsupportedError", "ReaderEndpoint"],
    [18456, "CredentialRejectedError", "LoginRefused"],
    [31_337, "InternalError", "UnexpectedDriverError"],
  ])("%i is %s %s, whatever its text says", async (number, name, code) => {
    const text = "self-signed certificate, requires encryption, error 4060";
    const session = await answering(errorToken(number, text), DONE_PROCEDURE);
    await expect(session.isSuperuser()).rejects.toMatchObject({ name, code });
    await session.close();
  });
});

/** A packet that says that more of the message follows. */
function unfinished(token: Buffer): Buffer {
  const whole = packet(token);
  whole[1] = 0;
  return whole;
}
