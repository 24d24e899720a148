import type { Client } from "pg";
import { TABLE_PRIVILEGES } from "./default-rights.js";
import { grantOf, type Right, routineName } from "./rights.js";

/** What a user owns in the database of the session, as the privileges that let another use it. */
export async function ownedBy(client: Client, username: string): Promise<Right[]> {
  const quote = (name: string) => client.escapeIdentifier(name);
  const ask = async <Row>(sql: string) => (await client.query(sql, [username])).rows as Row[];
  const schemas = await ask<{ schema: string }>(
    `SELECT n.nspname::text AS schema FROM pg_catalog.pg_namespace n, pg_catalog.pg_user u WHERE u.usesysid = n.nspowner AND u.usename = $1`,
  );
  const relations = await ask<{ schema: string; relation: string }>(
    `SELECT n.nspname::text AS schema, c.relname::text AS relation FROM pg_catalog.pg_class c, pg_catalog.pg_namespace n, pg_catalog.pg_user u
      WHERE n.oid = c.relnamespace AND u.usesysid = c.relowner AND u.usename = $1 AND c.relkind IN ('r', 'v')`,
  );
  const routines = await ask<{ schema: string; name: string; arguments: string; kind: string | null }>(
    `SELECT n.nspname::text AS schema, p.proname::text AS name, oidvectortypes(p.proargtypes) AS arguments, f.function_type AS kind
       FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace JOIN pg_catalog.pg_user u ON u.usesysid = p.proowner
       LEFT JOIN pg_catalog.svv_redshift_functions f ON f.schema_name = n.nspname AND f.function_name = p.proname
        AND f.argument_type = oidvectortypes(p.proargtypes)
      WHERE u.usename = $1`,
  );
  return [
    ...schemas.flatMap(({ schema }) =>
      ["USAGE", "CREATE"].map((privilege) => grantOf(client, `${privilege} ON SCHEMA ${quote(schema)}`)),
    ),
    ...relations.flatMap(({ schema, relation }) =>
      TABLE_PRIVILEGES.map((privilege) => grantOf(client, `${privilege} ON ${quote(schema)}.${quote(relation)}`)),
    ),
    ...routines.map((row) => grantOf(client, `EXECUTE ON ${routineName(client, row)}`)),
  ];
}
