import type { Client } from "pg";

/**
 * A superuser, RDS's substitute for one, or who may act as either, or become one by way of the server's files and
 * programs. The name of RDS's role means nothing where RDS's own superuser is not there, who made it.
 * https://www.postgresql.org/docs/current/predefined-roles.html
 */
const SUPERUSER = `
  SELECT EXISTS (SELECT FROM pg_catalog.pg_roles r
                  WHERE pg_has_role(session_user, r.oid, 'MEMBER')
                    AND (r.rolsuper OR r.rolname IN ('pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files')
                         OR r.rolname = 'rds_superuser'
                            AND EXISTS (SELECT FROM pg_catalog.pg_roles a WHERE a.rolname = 'rdsadmin' AND a.rolsuper))) AS superuser`;

export async function isSuperuser(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ superuser: boolean }>(SUPERUSER);
  return rows[0]?.superuser ?? true;
}
