import { describe, expect, it } from "vitest";
import { engineFor } from "../../../src/engines/registry.js";
import { startScriptedPostgres } from "../../../stage/servers/scripted-postgres.js";
import { PATIENCE } from "../../tools/patience.js";

/** What comes of a login that a server answers with an error. */
async function refusedWith(engineName: string, sqlState: string, message: string): Promise<unknown> {
  const server = await startScriptedPostgres([() => errorResponse(sqlState, message)]);
  try {
    const engine = await engineFor(engineName);
    const session = await engine.connect({
      target: { host: "127.0.0.1", port: server.port, database: "app", tls: false },
      credential: { username: "app", password: "V3ry-secret~indeed.ours" },
      ...PATIENCE,
    });
    await session.close();
    return "It let us in.";
  } catch (error) {
    return error;
  } finally {
    await server.stop();
  }
}

/** https://www.postgresql.org/docs/current/protocol-error-fields.html */
function errorResponse(sqlState: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${sqlState}\0M${message}\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + fields.length);
  return Buffer.concat([Buffer.from("E"), length, fields]);
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
describe.each(["postgres", "redshift"])("a login that a %s server does not take", (engine) => {
  it.each([
    ["28P01", 'password authentication failed for user "app"'],
    // Redshift's, and PostgreSQL's before 9.0
    ["28000", 'password authentication failed for user "app"'],
  ])("is refused with %s, %j", async (sqlState, message) => {
    const refused = { name: "CredentialRejectedError", code: "LoginRefused" };
    expect(await refusedWith(engine, sqlState, message)).toMatchObject(refused);
  });

  it.each([
    ["28000", 'role "app" is not permitted to log in', "InvalidSecretError", "NotLetIn"],
    ["28000", 'no pg_hba.conf entry for host "10.0.0.1", user "app"', "InvalidSecretError", "NotLetIn"],
    ["3D000", 'database "app" does not exist', "InvalidSecretError", "UnknownDatabase"],
    ["42501", 'permission denied for database "app"', "InvalidSecretError", "NotLetIn"],
    ["53300", "sorry, too many clients already", "TransientError", "TooManyConnections"],
    ["57P03", "the database system is starting up", "TransientError", "ServerStopping"],
    ["57P01", "terminating connection due to administrator command", "TransientError", "ServerStopping"],
    ["XX000", 'password authentication failed for user "app"', "TransientError", "ServerFault"],
    ["99999", 'password authentication failed for user "app"', "InternalError", "UnexpectedDriverError"],
  ])("with %s, %j, is told as %s %s, and is no refusal", async (sqlState, message, name, code) => {
    expect(await refusedWith(engine, sqlState, message)).toMatchObject({ name, code });
  });
});
