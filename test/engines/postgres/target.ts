import type { Engine } from "../../../src/engines/engine.js";
import type { SharedPostgres } from "../../tools/global-setup.js";
import { freshName, toolsFor } from "../../tools/postgres.js";
import type { ContractTarget } from "../contract.js";

/** A PostgreSQL server as the contract wants it. */
export function postgresTarget(engine: Engine, server: SharedPostgres): ContractTarget {
  const { asSuperuser, createAdmin, createLogin } = toolsFor(server);
  const { host, port, caFile, version } = server;
  return {
    name: `PostgreSQL ${version}`,
    engine,
    target: { host, port, database: "postgres", tls: true },
    caFile,
    createLogin: (username) => createLogin("", username),
    createAdmin: (username) => createAdmin(username),
    async grantRead(username) {
      const table = freshName("t");
      const user = `"${username.replaceAll('"', '""')}"`;
      await asSuperuser((client) =>
        client.query(`CREATE TABLE ${table} (id int); GRANT SELECT ON ${table} TO ${user}`),
      );
      return {
        statement: `SELECT * FROM ${table}`,
        revoke: () =>
          asSuperuser(async (client) => void (await client.query(`REVOKE SELECT ON ${table} FROM ${user}`))),
      };
    },
    superuser: { username: server.superuser, password: server.superuserPassword },
    sees: "all",
    longestName: freshName().padEnd(63, "n"),
    hostileNames: [
      `o'b"r\`ien ${freshName("")}`,
      `x"; DROP ROLE postgres; -- ${freshName("")}`,
      `größe\\%s ${freshName("")}`,
    ],
  };
}
