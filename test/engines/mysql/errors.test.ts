import { describe, expect, it } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { scripted } from "../../security/mysql-server.js";
import { PATIENCE } from "../../tools/patience.js";

/** What comes of a login that a server answers with an error. */
async function refusedWith(engineName: string, number: number, text: string): Promise<unknown> {
  const server = await scripted(async (talk) => talk.send(error(number, text)));
  try {
    const engine = await engineFor(engineName);
    const session = await engine.connect({
      target: { host: "127.0.0.1", port: server.port, tls: false },
      credential: { username: "app", password: "The-s3cret~of.ours" },
      ...PATIENCE,
    });
    await session.close();
    return "It let us in.";
  } catch (thrown) {
    return thrown;
  } finally {
    await server.stop();
  }
}

/** https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html */
function error(number: number, text: string): Buffer {
  const head = Buffer.from([0xff, number & 0xff, number >>> 8]);
  return Buffer.concat([head, Buffer.from(`#HY000${text}`)]);
}

// https://dev.mysql.com/doc/mysql-errors/9.4/en/server-error-reference.html, https://mariadb.com/kb/en/mariadb-error-code-reference/
describe.each(["mysql", "mariadb"])("a login that a %s server does not take", (engine) => {
  it.each([1045, 1698])("is refused with error %i, which is about name and password", async (number) => {
    const refused = { name: "CredentialRejectedError", code: "LoginRefused" };
    expect(await refusedWith(engine, number, "Access denied for user 'app'@'%'")).toMatchObject(refused);
  });

  it.each([
    [1040, "TransientError", "TooManyConnections"],
    [1044, "InvalidSecretError", "NotLetIn"],
    [1049, "InvalidSecretError", "UnknownDatabase"],
    [1053, "TransientError", "ServerStopping"],
    [1129, "TransientError", "HostBlocked"],
    [1130, "InvalidSecretError", "NotLetIn"],
    [1203, "TransientError", "TooManyConnections"],
    [1226, "TransientError", "TooManyConnections"],
    [1251, "UnsupportedError", "AuthPlugin"],
    [1524, "UnsupportedError", "AuthPlugin"],
    [1820, "ConflictError", "PasswordExpired"],
    [1862, "ConflictError", "PasswordExpired"],
    [3118, "ConflictError", "AccountLocked"],
    [3159, "UnsupportedError", "TlsRequired"],
    [3955, "ConflictError", "LockedOut"],
    [4150, "ConflictError", "LockedOut"],
    [4151, "ConflictError", "AccountLocked"],
  ])("with error %i is told as %s %s, and is no refusal", async (number, name, code) => {
    expect(await refusedWith(engine, number, "Access denied for user 'app'@'%'")).toMatchObject({ name, code });
  });
});

describe.each(["mysql", "mariadb"])("an error that a %s server answers a login with", (engine) => {
  it.each([
    "unable to verify the first certificate",
    "Access denied for user 'does not support SSL'@'%'",
    "the authentication plugin of 'self-signed certificate'",
    "Hostname/IP does not match certificate's altnames",
    "the connection is in closed state",
  ])("is known by its number, though it says %j", async (text) => {
    expect(await refusedWith(engine, 1045, text)).toMatchObject({ name: "CredentialRejectedError" });
    expect(await refusedWith(engine, 1040, text)).toMatchObject({ name: "TransientError", code: "TooManyConnections" });
    // Of a number that nobody knows nothing is known, whatever it says.
    expect(await refusedWith(engine, 19_999, text)).toMatchObject({
      name: "InternalError",
      code: "UnexpectedDriverError",
    });
  });
});
