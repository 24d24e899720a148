import type { Wire } from "./connect.js";
import { quoteName } from "./quote.js";

/**
 * A role without a right, made for one pair and granted to both: Oracle has no other place that a user may read itself
 * which says whose clone a login is, and a name alone says nothing. The base has it because what a user has been granted
 * ends with it: one that is made anew under its name, perhaps for somebody else, is no base of the clone that was left behind.
 */
export function markerOf(base: string): string {
  return `KEYTURN_${base}`;
}

/** One that the base is granted besides while it is retired, which tells a user that we barred from one that a person did. */
export function retiredMarkerOf(base: string): string {
  return `KEYTURN_OFF_${base}`;
}

/** Whether one of a pair says that it is. */
export function isMarked(wire: Wire, base: string, name: string): Promise<boolean> {
  return hasRole(wire, name, markerOf(base));
}

export async function hasRole(wire: Wire, name: string, role: string): Promise<boolean> {
  const sql = "SELECT 1 FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :name AND GRANTED_ROLE = :role";
  return (await wire.query(sql, { name, role })).length > 0;
}

export async function mark(wire: Wire, marker: string, name: string): Promise<void> {
  if (!(await roleExists(wire, marker))) await wire.execute(`CREATE ROLE ${quoteName(marker)}`);
  await wire.execute(`GRANT ${quoteName(marker)} TO ${quoteName(name)}`);
}

export async function roleExists(wire: Wire, role: string): Promise<boolean> {
  return (await wire.query("SELECT 1 FROM SYS.DBA_ROLES WHERE ROLE = :role", { role })).length > 0;
}
