import type { Client } from "pg";
import { grantOf, type Right, routineName } from "./rights.js";

/**
 * What a user has been granted by name: the other of the pair must be able to use it. Redshift has
 * no role that both could act as. A privilege at a time, because the databases of datashares take them no other way.
 * https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html
 */
export async function rightsOf(client: Client, username: string): Promise<Right[]> {
  const quote = (name: string) => client.escapeIdentifier(name);
  const ask = async <Row>(sql: string) => (await client.query(sql, [username])).rows as Row[];
  const own = "identity_type = 'user' AND identity_name = $1";
  const grant = ({ admin }: { admin?: boolean }, what: string) => grantOf(client, what, admin);
  const found: Right[] = [];

  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_DATABASE_PRIVILEGES.html
  for (const row of await ask<Scoped & { database: string }>(
    `SELECT database_name AS database, privilege_type AS privilege, admin_option AS admin, privilege_scope AS scope
       FROM pg_catalog.svv_database_privileges WHERE ${own}`,
  )) {
    const name = quote(row.database);
    found.push(
      grant(
        row,
        row.scope === "DATABASE" ? `${word(row.privilege)} ON DATABASE ${name}` : scoped(row, "DATABASE", name),
      ),
    );
  }
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_SCHEMA_PRIVILEGES.html; empty and external schemas are in it too.
  for (const row of await ask<Scoped & { schema: string }>(
    `SELECT namespace_name AS schema, privilege_type AS privilege, admin_option AS admin, privilege_scope AS scope
       FROM pg_catalog.svv_schema_privileges WHERE ${own}`,
  )) {
    const name = quote(row.schema);
    found.push(
      grant(row, row.scope === "SCHEMA" ? `${word(row.privilege)} ON SCHEMA ${name}` : scoped(row, "SCHEMA", name)),
    );
  }
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_RELATION_PRIVILEGES.html: tables and views
  for (const row of await ask<Row & { schema: string; relation: string }>(
    `SELECT namespace_name AS schema, relation_name AS relation, privilege_type AS privilege, admin_option AS admin
       FROM pg_catalog.svv_relation_privileges WHERE ${own}`,
  ))
    found.push(grant(row, `${word(row.privilege)} ON ${quote(row.schema)}.${quote(row.relation)}`));
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_COLUMN_PRIVILEGES.html
  for (const row of await ask<Row & { schema: string; relation: string; column: string }>(
    `SELECT namespace_name AS schema, relation_name AS relation, column_name AS column, privilege_type AS privilege
       FROM pg_catalog.svv_column_privileges WHERE ${own}`,
  ))
    found.push(
      grant({}, `${word(row.privilege)} (${quote(row.column)}) ON ${quote(row.schema)}.${quote(row.relation)}`),
    );
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_FUNCTION_PRIVILEGES.html
  for (const row of await ask<Row & Parameters<typeof routineName>[1]>(
    `SELECT p.namespace_name AS schema, p.function_name AS name, p.argument_types AS arguments, p.admin_option AS admin,
            f.function_type AS kind
       FROM pg_catalog.svv_function_privileges p LEFT JOIN pg_catalog.svv_redshift_functions f
         ON f.schema_name = p.namespace_name AND f.function_name = p.function_name AND f.argument_type = p.argument_types
      WHERE p.identity_type = 'user' AND p.identity_name = $1`,
  ))
    found.push(grant(row, `EXECUTE ON ${routineName(client, row)}`));
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_LANGUAGE_PRIVILEGES.html
  for (const row of await ask<Row & { language: string }>(
    `SELECT language_name AS language, privilege_type AS privilege, admin_option AS admin
       FROM pg_catalog.svv_language_privileges WHERE ${own}`,
  ))
    found.push(grant(row, `${word(row.privilege)} ON LANGUAGE ${quote(row.language)}`));
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_DATASHARE_PRIVILEGES.html
  for (const row of await ask<Row & { share: string }>(
    `SELECT datashare_name AS share, privilege_type AS privilege, admin_option AS admin
       FROM pg_catalog.svv_datashare_privileges WHERE ${own}`,
  ))
    found.push(grant(row, `${word(row.privilege)} ON DATASHARE ${quote(row.share)}`));
  // https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_USER_GRANTS.html
  for (const { role, admin } of await ask<{ role: string; admin: boolean }>(
    "SELECT role_name AS role, admin_option AS admin FROM pg_catalog.svv_user_grants WHERE user_name = $1",
  )) {
    const option = admin ? " WITH ADMIN OPTION" : "";
    found.push({
      text: `GRANT ROLE ${quote(role)}${option}`,
      give: (user) => `GRANT ROLE ${quote(role)} TO ${quote(user)}${option}`,
      take: (user) => `REVOKE ROLE ${quote(role)} FROM ${quote(user)}`,
    });
  }
  return found;
}

interface Row {
  readonly privilege: string;
  readonly admin: boolean;
}

interface Scoped extends Row {
  readonly scope: string;
}

/** `SELECT FOR TABLES IN DATABASE "shop"`: https://docs.aws.amazon.com/redshift/latest/dg/t_scoped-permissions.html */
function scoped({ privilege, scope }: Scoped, kind: "DATABASE" | "SCHEMA", name: string): string {
  return `${word(privilege)} FOR ${word(scope)} IN ${kind} ${name}`;
}

/** A keyword as a system view has it; anything else would be an attempt at an injection. */
function word(text: string): string {
  if (/^[A-Z_ ]+$/i.test(text)) return text.toUpperCase();
  throw new Error("The cluster's system views have a privilege of a kind that is no word.");
}
