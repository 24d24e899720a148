import type { Wire } from "./connect.js";

/** Whether the session may do everything, or make itself such a login. A contained user never may. */
const SUPERUSER = `
  SELECT CASE WHEN IS_SRVROLEMEMBER('sysadmin') = 1 OR IS_SRVROLEMEMBER('securityadmin') = 1
                OR HAS_PERMS_BY_NAME(NULL, NULL, 'CONTROL SERVER') = 1 THEN 1 ELSE 0 END AS superuser`;

export async function isSuperuser(wire: Wire): Promise<boolean> {
  const [row] = await wire.query<{ superuser: number }>({ sql: SUPERUSER, parameters: {} });
  return row?.superuser !== 0;
}
