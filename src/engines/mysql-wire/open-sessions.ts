import { shownGrants } from "./align.js";
import type { Wire } from "./connect.js";
import { grantedIn, holds } from "./held-rights.js";

/**
 * Without the right PROCESS the server shows a user its own sessions only, and says nothing of the others. One that comes
 * by a role is not looked for. https://dev.mysql.com/doc/refman/8.4/en/show-processlist.html
 */
export async function sessionsOf(wire: Wire, username: string): Promise<number | undefined> {
  if (username !== wire.account.user && !(await seesAll(wire))) return undefined;
  const [own] = await wire.query<{ id: number }>("SELECT CONNECTION_ID() AS id");
  const processes = await wire.query<{ Id: number; User: string }>("SHOW PROCESSLIST");
  return processes.filter(({ Id, User }) => User === username && Number(Id) !== Number(own?.id)).length;
}

async function seesAll(wire: Wire): Promise<boolean> {
  const own = (await shownGrants(wire)).flatMap(grantedIn);
  return holds(own, "PROCESS", { database: "*", object: "*" });
}
