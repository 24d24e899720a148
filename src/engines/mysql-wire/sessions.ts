import type { Wire } from "./connect.js";

/**
 * Without the right PROCESS the server shows a user its own sessions only, and says nothing of the others. One that comes
 * by a role is not looked for. https://dev.mysql.com/doc/refman/8.4/en/show-processlist.html
 */
export async function sessionsOf({ account, query }: Wire, username: string): Promise<number | undefined> {
  if (username !== account.user && !(await seesAll(query))) return undefined;
  const [own] = await query<{ id: number }>("SELECT CONNECTION_ID() AS id");
  const processes = await query<{ Id: number; User: string }>("SHOW PROCESSLIST");
  return processes.filter(({ Id, User }) => User === username && Number(Id) !== Number(own?.id)).length;
}

async function seesAll(query: Wire["query"]): Promise<boolean> {
  const grants = (await query<Record<string, string>>("SHOW GRANTS")).map((row) => Object.values(row)[0] ?? "");
  return grants.some((grant) => /^GRANT (ALL PRIVILEGES|(.*, )?PROCESS(, .*)?) ON \*\.\* TO /.test(grant));
}
