import type { Client } from "pg";

/** https://docs.aws.amazon.com/redshift/latest/dg/r_roles-default.html: a role may stand for it, given to the user itself. */
export async function isSuperuser(client: Client, login: string): Promise<boolean> {
  const { rows } = await client.query<{ superuser: boolean }>(
    "SELECT usesuper AS superuser FROM pg_catalog.pg_user WHERE usename = $1",
    [login],
  );
  if (rows[0]?.superuser ?? true) return true;
  const { rows: roles } = await client.query(
    "SELECT 1 FROM pg_catalog.svv_user_grants WHERE user_name = $1 AND role_name = 'sys:superuser'",
    [login],
  );
  return roles.length > 0;
}
