/** A statement that cannot take parameters, put together by the server itself of parameters that it quotes. */
export interface Statement {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** A piece of a statement: how the server quotes it, and its value. */
interface Piece {
  readonly quote: (parameter: string) => string;
  readonly value: string;
}

/** A name, in brackets: QUOTENAME takes names of up to 128 characters. */
export function id(value: string): Piece {
  return { quote: (parameter) => `QUOTENAME(${parameter})`, value };
}

/** A string, in quotes: QUOTENAME would cut it at 128 characters. */
export function text(value: string): Piece {
  return { quote: (parameter) => `N'N''' + REPLACE(${parameter}, N'''', N'''''') + N''''`, value };
}

/** A piece that the server quoted before, when it was asked for: `SELECT ON OBJECT::[dbo].[orders]`. */
export function quoted(value: string): Piece {
  return { quote: (parameter) => parameter, value };
}

/**
 * ``statement`ALTER LOGIN ${id(name)} DISABLE` ``: the names and strings go to the server as parameters, so that none of
 * them is ever part of a text that is run as it is.
 * https://learn.microsoft.com/sql/t-sql/functions/quotename-transact-sql
 */
export function statement(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Statement {
  const expressions = parts.flatMap((part, index) => {
    const piece = pieces[index];
    return [...(part ? [`N'${part.replaceAll("'", "''")}'`] : []), ...(piece ? [piece.quote(`@p${index}`)] : [])];
  });
  return {
    sql: `DECLARE @statement nvarchar(max) = ${expressions.join(" + ")}; EXEC sys.sp_executesql @statement;`,
    parameters: Object.fromEntries(pieces.map(({ value }, index) => [`p${index}`, value])),
  };
}

const EXECUTE = "EXEC sys.sp_executesql @statement;";
/**
 * `sys` is a schema that nobody can make anything in, so this is the server's own procedure in every database. Whoever works
 * there may hold a lock for ever, which is waited for as long as this (milliseconds), nested statements included.
 * https://learn.microsoft.com/sql/t-sql/statements/set-lock-timeout-transact-sql
 */
const THERE = "DECLARE @there nvarchar(300) = QUOTENAME(@database) + N'.sys.sp_executesql'; SET LOCK_TIMEOUT 2000; ";

/**
 * A statement about the server, run in master wherever the session is: the server's permissions are granted nowhere else
 * (error 4621), and the database of an application is not asked how it compares names.
 * https://learn.microsoft.com/sql/t-sql/statements/grant-server-permissions-transact-sql
 */
export function onServer({ sql, parameters }: Statement): Statement {
  return { sql: sql.replace(EXECUTE, "EXEC [master].sys.sp_executesql @statement;"), parameters };
}

/** A statement that an admin runs in a database, guarded against what the database's owner may have put there. */
export function inDatabase(database: string, { sql, parameters }: Statement): Statement {
  return {
    sql: sql.replace(EXECUTE, `${THERE}EXEC @there @guarded, N'@statement nvarchar(max)', @statement = @statement;`),
    parameters: { ...parameters, database, guarded: GUARDED },
  };
}

/** A query, which may use `@name` and `@other`, in another database than the session's. It triggers nothing. */
export function queryIn(database: string, sql: string, name: string, other = ""): Statement {
  return {
    sql: `${THERE}EXEC @there @query, N'@name sysname, @other sysname', @name = @name, @other = @other;`,
    parameters: { database, query: sql, name, other },
  };
}

/** What a guarded statement is refused with, where the database has triggers. */
export const TRIGGERED = 51010;

/** What our statements in databases raise. */
const EVENTS =
  "'CREATE_USER', 'ALTER_USER', 'DROP_USER', 'CREATE_ROLE', 'ADD_ROLE_MEMBER', 'DROP_ROLE_MEMBER', " +
  "'GRANT_DATABASE', 'DENY_DATABASE', 'REVOKE_DATABASE'";

/**
 * Triggers that a statement of ours may fire: they run as whoever runs the statement. Those that came with the server, as
 * replication's, are left out where they are about something else.
 * https://learn.microsoft.com/sql/relational-databases/system-catalog-views/sys-triggers-transact-sql
 */
export const TRIGGERS = `
  SELECT t.name FROM sys.triggers t WHERE t.parent_class = 0 AND t.is_disabled = 0
     AND (t.is_ms_shipped = 0 OR EXISTS (
           SELECT 1 FROM sys.trigger_events e WHERE e.object_id = t.object_id AND e.type_desc IN (${EVENTS})))`;

/**
 * Two fences. No statement is run where a trigger is seen. And one that is made between the look and the statement finds
 * no right of the server's: to be oneself as a user of the database is to be nobody outside of it, until the module ends,
 * and a REVERT inside another module takes nothing back of this one.
 * https://learn.microsoft.com/sql/t-sql/statements/execute-as-transact-sql, …/revert-transact-sql
 */
const GUARDED = `
  IF EXISTS (${TRIGGERS})
  BEGIN; THROW ${TRIGGERED}, N'The database has triggers.', 1; END;
  DECLARE @self sysname = USER_NAME();
  EXECUTE AS USER = @self;
  EXEC sys.sp_executesql @statement;
  REVERT;`;

/** `[name]`, for messages; statements are quoted by the server. */
export function bracketed(name: string): string {
  return `[${name.replaceAll("]", "]]")}]`;
}
