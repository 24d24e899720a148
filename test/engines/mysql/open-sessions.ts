import type { Connection } from "mysql2/promise";
import { expect, it } from "vitest";
import type { Session } from "../../../src/engines/engine.js";
import type { Login } from "../contract.js";

/** Who may count the sessions of others: the same right in MySQL and in MariaDB. */
export function countsSessions(server: {
  createLogin(): Promise<Login>;
  createAdmin(): Promise<Login>;
  asSuperuser(work: (connection: Connection) => Promise<unknown>): Promise<unknown>;
  session(login: Login): Promise<Session>;
}): void {
  it("the right PROCESS, among others or with all, lets an admin count the sessions of others", async () => {
    const app = await server.createLogin();
    const open = await server.session(app);
    for (const right of ["SELECT, PROCESS, RELOAD", "ALL PRIVILEGES"]) {
      const admin = await server.createAdmin();
      await server.asSuperuser((connection) => connection.query(`GRANT ${right} ON *.* TO '${admin.username}'@'%'`));
      const seeing = await server.session(admin);
      expect(await seeing.sessionsOf?.(app.username)).toBe(1);
      await seeing.close();
    }
    await open.close();
  });
}
