import { mysqlTools } from "../../stage/mysql-tools.js";
import { startMariadb } from "../../stage/servers/mariadb.js";
import type { Arena } from "./subjects.js";

/** Dual password on Debian's MariaDB. Throws, with the reason, where it cannot be had. */
export async function mariadbArena(): Promise<{ arena: Arena; stop(): Promise<void> }> {
  const server = await startMariadb();
  const { host, port, caFile } = server;
  const { createLogin, createAdmin, letsIn } = mysqlTools(server);
  const about = (relay: number) => ({ engine: "mariadb", host: "localhost", port: relay, dbname: "shop" });

  const arena: Arena = {
    database: { host, port },
    caFile,
    subjects: [
      {
        name: "dual-password on MariaDB",
        mayGap: false,
        before: 0,
        letsIn,
        async make(relay, storeAdmin) {
          const login = await createLogin();
          const masterarn = await storeAdmin({ ...about(relay), ...(await createAdmin()) });
          return {
            value: { ...about(relay), ...login, masterarn },
            tags: { "keyturn:strategy": "dual-password" },
          };
        },
      },
    ],
  };
  return { arena, stop: () => server.stop() };
}
