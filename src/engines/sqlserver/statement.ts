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

/** The same in another database than the session's. */
export function inDatabase(database: string, { sql, parameters }: Statement): Statement {
  return {
    sql: sql.replace(
      "EXEC sys.sp_executesql @statement;",
      "DECLARE @there nvarchar(300) = QUOTENAME(@database) + N'.sys.sp_executesql'; EXEC @there @statement;",
    ),
    parameters: { ...parameters, database },
  };
}

/** A query, which may use `@name`, in another database than the session's. */
export function queryIn(database: string, sql: string, name: string): Statement {
  return {
    sql:
      "DECLARE @there nvarchar(300) = QUOTENAME(@database) + N'.sys.sp_executesql'; " +
      "EXEC @there @query, N'@name sysname', @name = @name;",
    parameters: { database, query: sql, name },
  };
}
