import type { PasswordReport } from "../engine.js";
import type { Wire } from "./connect.js";
import { bracketed, id, inDatabase, onServer, queryIn, type Statement, statement, text } from "./statement.js";
import { untriggered } from "./triggers.js";

/**
 * As parameters of a call, which a trace of calls (rpc_completed) may have. Of statements about logins Microsoft says that traces
 * leave them out; of what their parameters were nobody has shown it.
 * https://learn.microsoft.com/sql/relational-databases/event-classes/sql-trace
 */
export const SENT: PasswordReport = { sentAs: "clear text" };

/** Who logs in: a login of the server, or a user that a contained database knows by itself. */
export interface Accounts {
  /** What a person would call it. */
  readonly what: "login" | "user";
  /** `undefined` for one that is not there. */
  find(name: string): Promise<Account | undefined>;
  /** Whether one is a member of a role that stands for a mark. */
  isMarked(name: string, marker: string): Promise<boolean>;
  mark(name: string, marker: string): Promise<void>;
  unmark(name: string, marker: string): Promise<void>;
  howToMark(names: readonly string[], marker: string): string;
  /** What a person runs to let one in again. */
  howToLetIn(name: string): string;
  /** Of the session's own, which logged in with `old`. */
  changePassword(name: string, password: string, old: string): Promise<void>;
  /** As an admin. */
  setPassword(name: string, password: string): Promise<void>;
  bar(name: string): Promise<void>;
  unbar(name: string): Promise<void>;
}

export interface Account {
  /** Whether it may not log in, whatever its password. */
  readonly barred: boolean;
  /** Whether it may do everything on the server, or make itself such a one. */
  readonly powerful: boolean;
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql, all of it done in master */
export function logins(wire: Wire): Accounts {
  const run = async (one: Statement) => void (await wire.query(onServer(one)));
  const ask = <Row>(sql: string, name: string, other?: string) => wire.query<Row>(queryIn("master", sql, name, other));
  return {
    what: "login",
    find: async (name) => accountFrom(await ask<Found>(LOGIN_FOUND, name)),
    isMarked: async (name, marker) => (await ask(SERVER_ROLE_MEMBER, name, marker)).length > 0,
    async mark(name, role) {
      if ((await ask(SERVER_ROLE, role)).length === 0) await run(statement`CREATE SERVER ROLE ${id(role)}`);
      await run(statement`ALTER SERVER ROLE ${id(role)} ADD MEMBER ${id(name)}`);
    },
    unmark: (name, role) => run(statement`ALTER SERVER ROLE ${id(role)} DROP MEMBER ${id(name)}`),
    howToMark: (names, role) => howToMark("SERVER ROLE", names, role),
    howToLetIn: (name) => `ALTER LOGIN ${bracketed(name)} ENABLE; GRANT CONNECT SQL TO ${bracketed(name)};`,
    changePassword: async (name, password, old) =>
      void (await wire.query(
        statement`ALTER LOGIN ${id(name)} WITH PASSWORD = ${text(password)} OLD_PASSWORD = ${text(old)}`,
      )),
    // One that too many wrong passwords have locked is let in again: the server would refuse the change (15113).
    setPassword: (name, password) => run(statement`ALTER LOGIN ${id(name)} WITH PASSWORD = ${text(password)} UNLOCK`),
    bar: (name) => run(statement`ALTER LOGIN ${id(name)} DISABLE`),
    unbar: (name) => run(statement`ALTER LOGIN ${id(name)} ENABLE`),
  };
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-user-transact-sql, in the database that keeps them */
export function containedUsers(wire: Wire): Accounts {
  const { database } = wire.facts;
  const run = (one: Statement) => untriggered(wire, database, () => wire.query(inDatabase(database, one)));
  const ask = <Row>(sql: string, name: string, other?: string) => wire.query<Row>(queryIn(database, sql, name, other));
  return {
    what: "user",
    find: async (name) => accountFrom(await ask<Found>(USER_FOUND, name)),
    isMarked: async (name, marker) => (await ask(DATABASE_ROLE_MEMBER, name, marker)).length > 0,
    async mark(name, role) {
      if ((await ask(DATABASE_ROLE, role)).length === 0) await run(statement`CREATE ROLE ${id(role)}`);
      await run(statement`ALTER ROLE ${id(role)} ADD MEMBER ${id(name)}`);
    },
    unmark: (name, role) => run(statement`ALTER ROLE ${id(role)} DROP MEMBER ${id(name)}`),
    howToMark: (names, role) => howToMark("ROLE", names, role),
    howToLetIn: (name) => `GRANT CONNECT TO ${bracketed(name)};`,
    changePassword: async (name, password, old) =>
      void (await wire.query(
        statement`ALTER USER ${id(name)} WITH PASSWORD = ${text(password)} OLD_PASSWORD = ${text(old)}`,
      )),
    setPassword: (name, password) => run(statement`ALTER USER ${id(name)} WITH PASSWORD = ${text(password)}`),
    bar: (name) => run(statement`DENY CONNECT TO ${id(name)}`),
    unbar: (name) => run(statement`GRANT CONNECT TO ${id(name)}`),
  };
}

function howToMark(kind: "ROLE" | "SERVER ROLE", names: readonly string[], role: string): string {
  const adding = names.map((name) => `ALTER ${kind} ${bracketed(role)} ADD MEMBER ${bracketed(name)};`);
  return [`CREATE ${kind} ${bracketed(role)};`, ...adding].join(" ");
}

interface Found {
  readonly barred: number;
  readonly powerful: number;
}

function accountFrom([row]: readonly Found[]): Account | undefined {
  return row && { barred: row.barred === 1, powerful: row.powerful === 1 };
}

/**
 * `securityadmin` grants itself what it lacks: "should be treated as equivalent to the sysadmin role".
 * https://learn.microsoft.com/sql/relational-databases/security/authentication-access/server-level-roles
 */
const LOGIN_FOUND = `
  WITH held (id) AS (
    SELECT principal_id FROM sys.server_principals WHERE name = @name
    UNION ALL SELECT m.role_principal_id FROM sys.server_role_members m JOIN held h ON h.id = m.member_principal_id)
  SELECT CASE WHEN l.is_disabled = 1 OR EXISTS (
                SELECT 1 FROM sys.server_permissions p WHERE p.grantee_principal_id = l.principal_id AND p.class = 100
                   AND p.permission_name = 'CONNECT SQL' AND p.state = 'D') THEN 1 ELSE 0 END AS barred,
         CASE WHEN l.sid = 0x01
                OR EXISTS (SELECT 1 FROM held h JOIN sys.server_principals r ON r.principal_id = h.id
                            WHERE r.name IN ('sysadmin', 'securityadmin') AND r.type = 'R')
                OR EXISTS (SELECT 1 FROM held h JOIN sys.server_permissions p ON p.grantee_principal_id = h.id
                            WHERE p.class = 100 AND p.permission_name = 'CONTROL SERVER' AND p.state IN ('G', 'W'))
              THEN 1 ELSE 0 END AS powerful
    FROM sys.sql_logins l WHERE l.name = @name`;

const USER_FOUND = `
  SELECT CASE WHEN EXISTS (
                SELECT 1 FROM sys.database_permissions p WHERE p.grantee_principal_id = u.principal_id AND p.class = 0
                   AND p.permission_name = 'CONNECT' AND p.state = 'D') THEN 1 ELSE 0 END AS barred, 0 AS powerful
    FROM sys.database_principals u WHERE u.type = 'S' AND u.authentication_type = 2 AND u.name = @name`;

const SERVER_ROLE = "SELECT 1 AS found FROM sys.server_principals WHERE type = 'R' AND name = @name";
const DATABASE_ROLE = "SELECT 1 AS found FROM sys.database_principals WHERE type = 'R' AND name = @name";

const SERVER_ROLE_MEMBER = `
  SELECT 1 AS found FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id
    JOIN sys.server_principals p ON p.principal_id = m.member_principal_id
   WHERE p.name = @name AND r.name = @other`;

const DATABASE_ROLE_MEMBER = `
  SELECT 1 AS found FROM sys.database_role_members m JOIN sys.database_principals r ON r.principal_id = m.role_principal_id
    JOIN sys.database_principals p ON p.principal_id = m.member_principal_id
   WHERE p.name = @name AND r.name = @other`;
