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
