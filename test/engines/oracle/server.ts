import type { Wire } from "../../../src/engines/oracle/connect.js";
import { session } from "../../../src/engines/oracle/session.js";

/** What a user of the played dictionary differs in from a plain one. */
export interface Known {
  readonly status?: string;
  readonly authentication?: "NONE" | "EXTERNAL";
  /** Whether it may change users, by itself or by a role. */
  readonly manages?: true;
  readonly profile?: string;
  readonly tablespace?: string;
  readonly maintained?: "Y";
  readonly common?: "YES";
  readonly used?: "YES";
  readonly sysdba?: true;
  readonly objects?: readonly string[];
  /** What runs with its rights. */
  readonly code?: readonly string[];
  /** `["TS", bytes]` */
  readonly quotas?: ReadonlyArray<readonly [string, number]>;
  /** `["ROLE", "admin", "default"]` */
  readonly roles?: ReadonlyArray<readonly [role: string, ...("admin" | "delegate" | "default")[]]>;
  readonly system?: ReadonlyArray<readonly [privilege: string, admin?: "admin"]>;
  readonly schema?: ReadonlyArray<readonly [privilege: string, schema: string]>;
  /** `["HR", "T", "TABLE", "SELECT", "grant"]` */
  readonly tables?: ReadonlyArray<readonly [string, string, string, string, ...("grant" | "hierarchy")[]]>;
  readonly columns?: ReadonlyArray<readonly [owner: string, table: string, column: string, privilege: string]>;
  /** `["PROXY", "CLIENT", authority, role, "YES"]` */
  readonly proxies?: ReadonlyArray<readonly [string, string, string, (string | null)?, "YES"?]>;
}

export interface Played {
  readonly login?: string;
  readonly password?: string;
  readonly version?: string;
  readonly users?: Record<string, Known>;
  readonly roles?: readonly string[];
  /** System privileges of the session. */
  readonly privileges?: readonly string[];
  /** What the admin may not hand on, by the view that has it of the base. */
  readonly notToHandOn?: Readonly<Record<string, readonly string[]>>;
  /** Roles of the session's own login. */
  readonly ownRoles?: readonly string[];
  readonly dba?: true;
  /** PASSWORD_ROLLOVER_TIME of every profile, as the dictionary writes it. */
  readonly rollover?: string | null;
  /** Sessions, by the name of their user; each time they are asked for. */
  readonly sessions?: Readonly<Record<string, number | (() => number)>>;
  /** Rights on objects that the clone comes to have by a statement, because its name is another object's by then. */
  readonly exchanged?: Readonly<Record<string, NonNullable<Known["tables"]>[number]>>;
  /** What a statement that takes a right takes for the same reason: the object of that name is gone, and the right with it. */
  readonly alsoTakes?: Readonly<Record<string, string>>;
  /** Answers a statement with an error. */
  readonly refuse?: (sql: string) => unknown;
}

/** A server that answers from a dictionary, and writes down what changes something. No driver, no SQL engine. */
export function server(played: Played = {}) {
  const { login = "keyturn", password = "0ld-Password", version = "19.12.0.0.0", users = {} } = played;
  const changes: string[] = [];
  const queries: string[] = [];
  const asked: Array<{ readonly sql: string; readonly binds: Readonly<Record<string, string>> }> = [];
  const statuses = new Map(Object.entries(users).map(([name, { status = "OPEN" }]) => [name, status]));
  const made = new Map<string, Known>(Object.entries(users));
  const markers: [string, string][] = [];
  const roles = new Set(played.roles);
  const user = login.startsWith('"') ? login.slice(1, -1) : login.toUpperCase();

  const refused = (sql: string) => {
    const error = played.refuse?.(sql);
    if (error) throw error;
  };
  const changed = (name: string) => {
    if (Number(played.rollover) > 0) statuses.set(name, "OPEN & IN ROLLOVER");
  };

  const answer = (sql: string, binds: Readonly<Record<string, string>>): unknown[] => {
    const [, view] = / FROM SYS\.(\S+)/.exec(sql) ?? [];
    const name = binds.name ?? binds.clone ?? binds.owner ?? "";
    const known = made.get(name);
    const limit = played.rollover === undefined ? "0" : played.rollover;
    if (sql.includes(" MINUS ")) return (played.notToHandOn?.[view ?? ""] ?? []).map((one) => ({ name: one }));
    switch (view) {
      case "GV_$SESSION":
        return [{ sessions: countOf(played.sessions?.[name] ?? 0) }];
      case "DUAL":
        return played.dba ? [{}] : [];
      case "SESSION_PRIVS":
        return (played.privileges ?? []).map((privilege) => ({ privilege }));
      case "USER_ROLE_PRIVS":
        return (played.ownRoles ?? []).filter((role) => role === binds.role);
      case "USER_USERS":
        return [{ status: statuses.get(user) ?? "OPEN", limit }];
      case "DBA_USERS":
        if (!known) return [];
        return [userRow(name, known, statuses.get(name) ?? "OPEN", limit)];
      case "V_$PWFILE_USERS":
        return known?.sysdba ? [{}] : [];
      case "DBA_OBJECTS_AE":
        return (known?.code ?? []).map((object) => ({ name: object }));
      case "DBA_OBJECTS":
        return (known?.objects ?? []).map((object) => ({ name: object }));
      case "DBA_ROLES":
        return [...roles].filter((role) => role === binds.role);
      case "DBA_TS_QUOTAS":
        return (known?.quotas ?? []).map(([tablespace, bytes]) => ({ tablespace, bytes }));
      case "DBA_ROLE_PRIVS":
        return rolesOf(sql, binds, known, markers);
      case "DBA_SYS_PRIVS":
        if (sql.includes("'GRANT ANY ROLE'")) return known?.manages ? [{}] : [];
        return (known?.system ?? []).map(([privilege, admin]) => ({ privilege, admin: admin ? "YES" : "NO" }));
      case "DBA_SCHEMA_PRIVS":
        return (known?.schema ?? []).map(([privilege, schema]) => ({ privilege, schema, admin: "NO" }));
      case "DBA_TAB_PRIVS":
        return merged(known?.tables ?? []).map(([owner, object, type, privilege, ...options]) => ({
          ...{ owner, object, type, privilege },
          grantable: options.includes("grant") ? "YES" : "NO",
          hierarchy: options.includes("hierarchy") ? "YES" : "NO",
        }));
      case "DBA_COL_PRIVS":
        return (known?.columns ?? []).map(([owner, object, column, privilege]) => ({
          ...{ owner, object, column, privilege },
          grantable: "NO",
        }));
      case "DBA_PROXIES":
        return (known?.proxies ?? []).map(([proxy, client, authority, role = null, authentication = "NO"]) => ({
          ...{ proxy, client, authority, role, authentication },
        }));
      default:
        throw new Error(`The played server has no ${view}.`);
    }
  };

  const wire: Wire = {
    account: { user, credential: { username: login, password } },
    serverVersion: version,
    async query<Row>(sql: string, binds: Readonly<Record<string, string>> = {}) {
      queries.push(sql);
      asked.push({ sql, binds });
      refused(sql);
      return answer(sql, binds) as Row[];
    },
    async execute(sql) {
      refused(sql);
      changes.push(sql);
      const [, created] = /^CREATE USER "(.*?)" /.exec(sql) ?? [];
      if (created !== undefined) {
        made.set(created, {});
        statuses.set(created, "LOCKED");
      }
      const [, gone, target] = /^REVOKE (.*) FROM "(.*?)"$/.exec(sql) ?? [];
      for (const what of gone && target ? [gone, played.alsoTakes?.[sql] ?? ""] : [])
        made.set(target as string, without(made.get(target as string) ?? {}, what));
      const other = played.exchanged?.[sql];
      const [, given = ""] = /^GRANT .* TO "([^"]*)"/.exec(sql) ?? [];
      if (given)
        made.set(given, withRights(made.get(given) ?? {}, other ? { tables: [other] } : granted(sql, given, users)));
      const [, role] = /^CREATE ROLE "(.*?)"$/.exec(sql) ?? [];
      if (role) roles.add(role);
      const [, marker, marked] = /^GRANT "(KEYTURN_.*?)" TO "(.*?)"$/.exec(sql) ?? [];
      if (marker && marked) markers.push([marker, marked]);
      const [, barred, how] = /^ALTER USER "(.*?)" .*ACCOUNT (UNLOCK|LOCK)/.exec(sql) ?? [];
      if (barred) statuses.set(barred, how === "LOCK" ? "LOCKED" : "OPEN");
      const [, altered] = /^ALTER USER "(.*?)" IDENTIFIED BY /.exec(sql) ?? [];
      if (altered !== undefined) changed(altered);
      const [, expired] = /^ALTER USER "(.*?)".* EXPIRE PASSWORD ROLLOVER PERIOD$/.exec(sql) ?? [];
      if (expired !== undefined) statuses.set(expired, how === "LOCK" ? "LOCKED" : "OPEN");
    },
    async changePassword(username, current, next) {
      refused(`changePassword ${next}`);
      changes.push(`changePassword(${username}, ${current}, ${next})`);
      changed(user);
    },
    close: async () => undefined,
  };
  return { session: session(wire), changes, queries, asked };
}

function countOf(sessions: number | (() => number)): number {
  return typeof sessions === "number" ? sessions : sessions();
}

type Rights = Pick<Known, "tables" | "columns">;
type Table = NonNullable<Known["tables"]>[number];

/** The rights on objects that a statement hands on from some of the users. */
function granted(sql: string, to: string, users: Readonly<Record<string, Known>>): Rights {
  const isIt = (what: string, options = "") => sql === `GRANT ${what} TO "${to}"${options}`;
  const has = Object.values(users);
  return {
    tables: has.flatMap(({ tables = [] }) =>
      tables.filter((row) => isIt(`${row[3]} ON ${named(row)}`, optionsOf(row))),
    ),
    columns: has.flatMap(({ columns = [] }) =>
      columns.filter(([owner, table, column, right]) => isIt(`${right} ("${column}") ON "${owner}"."${table}"`)),
    ),
  };
}

/** As GROUP BY and MAX do it: of several who granted the same. */
function merged(tables: readonly Table[]): Table[] {
  const rows = new Map<string, Table>();
  for (const [owner, object, type, right, ...options] of tables) {
    const key = [owner, object, type, right].join();
    const [, , , , ...before] = rows.get(key) ?? [owner, object, type, right];
    rows.set(key, [owner, object, type, right, ...new Set([...before, ...options])]);
  }
  return [...rows.values()];
}

function withRights(known: Known, { tables = [], columns = [] }: Rights): Known {
  return { ...known, tables: [...(known.tables ?? []), ...tables], columns: [...(known.columns ?? []), ...columns] };
}

/** What is left of a user's rights on objects. `what`: `SELECT ON "HR"."EMP"` */
function without(known: Known, what: string): Known {
  return {
    ...known,
    tables: (known.tables ?? []).filter((row) => what !== `${row[3]} ON ${named(row)}`),
    columns: (known.columns ?? []).filter(([owner, table, , right]) => what !== `${right} ON "${owner}"."${table}"`),
  };
}

/** As GRANT names it. */
function named([owner, object, type]: Table): string {
  if (["DIRECTORY", "EDITION", "USER"].includes(type)) return `${type} "${object}"`;
  return `${["TABLE", "PACKAGE"].includes(type) ? "" : `${type} `}"${owner}"."${object}"`;
}

function optionsOf([, , , , ...options]: Table): string {
  return ["hierarchy", "grant"]
    .filter((option) => options.some((one) => one === option))
    .map((option) => ` WITH ${option.toUpperCase()} OPTION`)
    .join("");
}

function userRow(name: string, known: Known, status: string, limit: string | null) {
  const profile = known.profile ?? "DEFAULT";
  return {
    ...{ name, status, profile, limit },
    authentication: known.authentication ?? "PASSWORD",
    defaultTablespace: known.tablespace ?? "USERS",
    temporaryTablespace: "TEMP",
    oracleMaintained: known.maintained ?? "N",
    common: known.common ?? "NO",
    used: known.used ?? "NO",
  };
}

function rolesOf(
  sql: string,
  binds: Readonly<Record<string, string>>,
  known: Known | undefined,
  markers: [string, string][],
) {
  const roles = known?.roles ?? [];
  if (binds.role !== undefined) {
    const isMarked = markers.some(([role, user]) => role === binds.role && user === binds.name);
    return isMarked || roles.some(([role]) => role === binds.role) ? [{}] : [];
  }
  // The question whether a user has anything at all.
  if (sql.includes("UNION ALL")) return [...roles, ...(known?.system ?? []), ...(known?.tables ?? [])];
  return roles.map(([role, ...options]) => ({
    role,
    admin: options.includes("admin") ? "YES" : "NO",
    delegate: options.includes("delegate") ? "YES" : "NO",
    isDefault: options.includes("default") ? "YES" : "NO",
  }));
}
