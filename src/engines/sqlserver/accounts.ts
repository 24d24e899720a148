import { id, type Statement, statement, text } from "./statement.js";
import type { Wire } from "./wire.js";

/** Who logs in: a login of the server, or a user that a contained database knows by itself. */
export interface Accounts {
  /** What a person would call it. */
  readonly what: "login" | "user";
  exists(name: string): Promise<boolean>;
  /** Whether the server knows that the clone is one. */
  isMarked(clone: string, base: string): Promise<boolean>;
  mark(clone: string, base: string): Promise<void>;
  howToMark(clone: string, base: string): string;
  /** `old`: the password that the session itself logged in with; not for an admin. */
  setPassword(name: string, password: string, old?: string): Promise<void>;
  bar(name: string): Promise<void>;
  unbar(name: string): Promise<void>;
}

/**
 * A role without a right, made for one pair, with its clone as the only member: the server has no other place to say
 * that a login is the clone of another, and a name alone says nothing.
 */
export function markerOf(base: string): string {
  return `keyturn_${base}`;
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-login-transact-sql */
export function logins(wire: Wire): Accounts {
  const run = async (one: Statement) => void (await wire.query(one));
  const isThere = async (sql: string, name: string, other = "") =>
    (await wire.query({ sql, parameters: { name, other } })).length > 0;
  return {
    what: "login",
    exists: (name) => isThere("SELECT 1 AS found FROM sys.sql_logins WHERE name = @name", name),
    isMarked: (clone, base) => isThere(SERVER_ROLE_MEMBER, clone, markerOf(base)),
    async mark(clone, base) {
      const role = markerOf(base);
      if (!(await isThere("SELECT 1 AS found FROM sys.server_principals WHERE type = 'R' AND name = @name", role)))
        await run(statement`CREATE SERVER ROLE ${id(role)}`);
      await run(statement`ALTER SERVER ROLE ${id(role)} ADD MEMBER ${id(clone)}`);
    },
    howToMark: (clone, base) =>
      `CREATE SERVER ROLE ${bracketed(markerOf(base))}; ALTER SERVER ROLE ${bracketed(markerOf(base))} ADD MEMBER ${bracketed(clone)};`,
    setPassword: (name, password, old) =>
      run(
        old === undefined
          ? statement`ALTER LOGIN ${id(name)} WITH PASSWORD = ${text(password)}`
          : statement`ALTER LOGIN ${id(name)} WITH PASSWORD = ${text(password)} OLD_PASSWORD = ${text(old)}`,
      ),
    bar: (name) => run(statement`ALTER LOGIN ${id(name)} DISABLE`),
    unbar: (name) => run(statement`ALTER LOGIN ${id(name)} ENABLE`),
  };
}

/** https://learn.microsoft.com/sql/t-sql/statements/alter-user-transact-sql */
export function containedUsers(wire: Wire): Accounts {
  const run = async (one: Statement) => void (await wire.query(one));
  const isThere = async (sql: string, name: string, other = "") =>
    (await wire.query({ sql, parameters: { name, other } })).length > 0;
  return {
    what: "user",
    exists: (name) =>
      isThere(
        "SELECT 1 AS found FROM sys.database_principals WHERE type = 'S' AND authentication_type = 2 AND name = @name",
        name,
      ),
    isMarked: (clone, base) => isThere(DATABASE_ROLE_MEMBER, clone, markerOf(base)),
    async mark(clone, base) {
      const role = markerOf(base);
      if (!(await isThere("SELECT 1 AS found FROM sys.database_principals WHERE type = 'R' AND name = @name", role)))
        await run(statement`CREATE ROLE ${id(role)}`);
      await run(statement`ALTER ROLE ${id(role)} ADD MEMBER ${id(clone)}`);
    },
    howToMark: (clone, base) =>
      `CREATE ROLE ${bracketed(markerOf(base))}; ALTER ROLE ${bracketed(markerOf(base))} ADD MEMBER ${bracketed(clone)};`,
    setPassword: (name, password, old) =>
      run(
        old === undefined
          ? statement`ALTER USER ${id(name)} WITH PASSWORD = ${text(password)}`
          : statement`ALTER USER ${id(name)} WITH PASSWORD = ${text(password)} OLD_PASSWORD = ${text(old)}`,
      ),
    bar: (name) => run(statement`DENY CONNECT TO ${id(name)}`),
    unbar: (name) => run(statement`GRANT CONNECT TO ${id(name)}`),
  };
}

const SERVER_ROLE_MEMBER = `
  SELECT 1 AS found FROM sys.server_role_members m JOIN sys.server_principals r ON r.principal_id = m.role_principal_id
    JOIN sys.server_principals p ON p.principal_id = m.member_principal_id
   WHERE p.name = @name AND r.name = @other`;

const DATABASE_ROLE_MEMBER = `
  SELECT 1 AS found FROM sys.database_role_members m JOIN sys.database_principals r ON r.principal_id = m.role_principal_id
    JOIN sys.database_principals p ON p.principal_id = m.member_principal_id
   WHERE p.name = @name AND r.name = @other`;

/** `[name]`, for messages; statements are quoted by the server. */
export function bracketed(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}
