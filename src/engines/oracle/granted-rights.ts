import type { Wire } from "./connect.js";
import { markerOf, retiredMarkerOf } from "./marks.js";
import { proxiesOf } from "./proxies.js";
import { quoteName } from "./quote.js";
import { granted, type Right, words } from "./rights.js";
import type { User } from "./users.js";
import { isAtLeast } from "./version.js";

/**
 * Everything of a user that a clone has too, as statements for the clone. Roles that are marks are left out.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/GRANT.html, …/REVOKE.html, …/ALTER-USER.html
 */
export async function rightsOf(wire: Wire, user: User, base: string, clone: string): Promise<Right[]> {
  const to = quoteName(clone);
  return [
    ...attributesOf(user, to),
    ...(await quotasOf(wire, user.name, to)),
    ...(await rolesOf(wire, user.name, to, [markerOf(base), retiredMarkerOf(base)])),
    ...(await systemPrivilegesOf(wire, user.name, to)),
    ...(isAtLeast(wire.serverVersion, 23) ? await schemaPrivilegesOf(wire, user.name, to) : []),
    ...(await objectPrivilegesOf(wire, user.name, to)),
    ...(await columnPrivilegesOf(wire, user.name, to)),
    ...(await proxiesOf(wire, user.name, clone)),
  ];
}

function attributesOf({ profile, defaultTablespace, temporaryTablespace }: User, to: string): Right[] {
  return [
    `PROFILE ${quoteName(profile)}`,
    `DEFAULT TABLESPACE ${quoteName(defaultTablespace)}`,
    `TEMPORARY TABLESPACE ${quoteName(temporaryTablespace)}`,
  ].map((text) => ({ text, give: `ALTER USER ${to} ${text}` }));
}

/** -1 is unlimited. https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_TS_QUOTAS.html */
async function quotasOf(wire: Wire, name: string, to: string): Promise<Right[]> {
  const rows = await wire.query<{ tablespace: string; bytes: number }>(
    'SELECT TABLESPACE_NAME AS "tablespace", MAX_BYTES AS "bytes" FROM SYS.DBA_TS_QUOTAS ' +
      "WHERE USERNAME = :name AND MAX_BYTES <> 0 AND DROPPED = 'NO' ORDER BY TABLESPACE_NAME",
    { name },
  );
  return rows.map(({ tablespace, bytes }) => {
    const text = `QUOTA ${Number(bytes) < 0 ? "UNLIMITED" : Number(bytes)} ON ${quoteName(tablespace)}`;
    return { text, give: `ALTER USER ${to} ${text}`, take: `ALTER USER ${to} QUOTA 0 ON ${quoteName(tablespace)}` };
  });
}

/** https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_ROLE_PRIVS.html */
async function rolesOf(wire: Wire, name: string, to: string, marks: readonly string[]): Promise<Right[]> {
  const rows = await wire.query<{ role: string; admin: string; delegate: string; isDefault: string }>(
    'SELECT GRANTED_ROLE AS "role", ADMIN_OPTION AS "admin", DELEGATE_OPTION AS "delegate", ' +
      'DEFAULT_ROLE AS "isDefault" FROM SYS.DBA_ROLE_PRIVS WHERE GRANTEE = :name ORDER BY GRANTED_ROLE',
    { name },
  );
  const roles = rows.filter(({ role }) => !marks.includes(role));
  const grants = roles.map(({ role, admin, delegate }) => {
    const what = quoteName(role);
    const option = admin === "YES" ? " WITH ADMIN OPTION" : delegate === "YES" ? " WITH DELEGATE OPTION" : "";
    return { text: what + option, give: `GRANT ${what} TO ${to}${option}`, take: `REVOKE ${what} FROM ${to}` };
  });
  const all = roles.every(({ isDefault }) => isDefault === "YES");
  const text = (left: readonly string[]) => {
    const those = roles.filter(
      ({ isDefault }, index) => isDefault === "YES" && !left.includes(grants[index]?.text ?? ""),
    );
    return `DEFAULT ROLE ${all ? "ALL" : those.map(({ role }) => quoteName(role)).join(", ") || "NONE"}`;
  };
  const giveWithout = (left: readonly string[]) => `ALTER USER ${to} ${text(left)}`;
  return [...grants, { text: text([]), give: giveWithout([]), giveWithout }];
}

/**
 * Their names are words of the language.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_SYS_PRIVS.html
 */
async function systemPrivilegesOf(wire: Wire, name: string, to: string): Promise<Right[]> {
  const rows = await wire.query<{ privilege: string; admin: string }>(
    'SELECT PRIVILEGE AS "privilege", ADMIN_OPTION AS "admin" FROM SYS.DBA_SYS_PRIVS WHERE GRANTEE = :name ORDER BY PRIVILEGE',
    { name },
  );
  return rows.map(({ privilege, admin }) => granted(words(privilege), to, admin === "YES" ? " WITH ADMIN OPTION" : ""));
}

/** https://docs.oracle.com/en/database/oracle/oracle-database/23/refrn/DBA_SCHEMA_PRIVS.html */
async function schemaPrivilegesOf(wire: Wire, name: string, to: string): Promise<Right[]> {
  const rows = await wire.query<{ privilege: string; schema: string; admin: string }>(
    'SELECT PRIVILEGE AS "privilege", SCHEMA AS "schema", ADMIN_OPTION AS "admin" FROM SYS.DBA_SCHEMA_PRIVS ' +
      "WHERE GRANTEE = :name ORDER BY SCHEMA, PRIVILEGE",
    { name },
  );
  return rows.map(({ privilege, schema, admin }) =>
    granted(`${words(privilege)} ON SCHEMA ${quoteName(schema)}`, to, admin === "YES" ? " WITH ADMIN OPTION" : ""),
  );
}

/**
 * What several have granted the base, the clone has of one.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/refrn/DBA_TAB_PRIVS.html
 */
async function objectPrivilegesOf(wire: Wire, name: string, to: string): Promise<Right[]> {
  const rows = await wire.query<{
    owner: string;
    object: string;
    type: string;
    privilege: string;
    grantable: string;
    hierarchy: string;
  }>(
    'SELECT OWNER AS "owner", TABLE_NAME AS "object", TYPE AS "type", PRIVILEGE AS "privilege", ' +
      'MAX(GRANTABLE) AS "grantable", MAX(HIERARCHY) AS "hierarchy" FROM SYS.DBA_TAB_PRIVS WHERE GRANTEE = :name ' +
      "AND TABLE_NAME NOT LIKE 'BIN$%' GROUP BY OWNER, TABLE_NAME, TYPE, PRIVILEGE ORDER BY OWNER, TABLE_NAME, PRIVILEGE",
    { name },
  );
  return rows.map(({ privilege, grantable, hierarchy, ...object }) => {
    const options =
      (hierarchy === "YES" ? " WITH HIERARCHY OPTION" : "") + (grantable === "YES" ? " WITH GRANT OPTION" : "");
    return { ...granted(`${words(privilege)} ON ${objectName(object)}`, to, options), onObject: kindOf(object) };
  });
}

/** Granted by the column, revoked for the whole table only. …/19/refrn/DBA_COL_PRIVS.html, …/19/sqlrf/REVOKE.html */
async function columnPrivilegesOf(wire: Wire, name: string, to: string): Promise<Right[]> {
  const rows = await wire.query<{
    owner: string;
    object: string;
    column: string;
    privilege: string;
    grantable: string;
  }>(
    'SELECT OWNER AS "owner", TABLE_NAME AS "object", COLUMN_NAME AS "column", PRIVILEGE AS "privilege", ' +
      "MAX(GRANTABLE) AS \"grantable\" FROM SYS.DBA_COL_PRIVS WHERE GRANTEE = :name AND TABLE_NAME NOT LIKE 'BIN$%' " +
      "GROUP BY OWNER, TABLE_NAME, COLUMN_NAME, PRIVILEGE ORDER BY OWNER, TABLE_NAME, PRIVILEGE, COLUMN_NAME",
    { name },
  );
  return rows.map(({ owner, object, column, privilege, grantable }) => {
    const table = `${quoteName(owner)}.${quoteName(object)}`;
    const option = grantable === "YES" ? " WITH GRANT OPTION" : "";
    return {
      ...granted(`${words(privilege)} (${quoteName(column)}) ON ${table}`, to, option),
      take: `REVOKE ${words(privilege)} ON ${table} FROM ${to}`,
      onObject: kindOf({ owner, type: "TABLE" }),
    };
  });
}

/** What is in no schema, and what is Oracle's own, nobody exchanges who owns an application. */
function kindOf({ owner, type }: { owner: string; type: string }): "fixed" | "exchangeable" {
  return owner === "SYS" || ["DIRECTORY", "EDITION", "USER"].includes(type) ? "fixed" : "exchangeable";
}

/** The kinds that the ON clause names, some of which are in no schema. …/19/sqlrf/GRANT.html (on_object_clause) */
function objectName({ owner, object, type }: { owner: string; object: string; type: string }): string {
  if (type === "DIRECTORY" || type === "EDITION" || type === "USER") return `${type} ${quoteName(object)}`;
  const kind = ["MINING MODEL", "JAVA SOURCE", "JAVA RESOURCE", "SQL TRANSLATION PROFILE"].includes(type)
    ? `${type} `
    : "";
  return `${kind}${quoteName(owner)}.${quoteName(object)}`;
}
