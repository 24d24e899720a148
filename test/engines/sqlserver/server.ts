import { containedUsers, logins } from "../../../src/engines/sqlserver/accounts.js";
import { session } from "../../../src/engines/sqlserver/session.js";
import type { Statement } from "../../../src/engines/sqlserver/statement.js";
import type { Wire } from "../../../src/engines/sqlserver/wire.js";

type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>;

/** What a query is answered with: found by a piece of its text, its name, and the database it asks in. */
export interface Answer {
  readonly about: string;
  readonly name?: string;
  readonly in?: string;
  readonly rows: Rows;
}

/** A server that answers queries from a script, the first that fits, and writes down the statements it would run. */
export function server(answers: readonly Answer[], { contained = false, refusal = 0, login = "keyturn" } = {}) {
  const statements: string[] = [];
  const sent: Statement[] = [];
  const wire: Wire = {
    credential: { username: login, password: "Th3-old~one" },
    facts: { login, actingAs: "dbo", serverVersion: "16.0.4165.4", database: "shop", contained },
    async query<Row>(statement: Statement): Promise<Row[]> {
      sent.push(statement);
      const { sql, parameters } = statement;
      if (sql.startsWith("DECLARE @statement") || /^SET XACT/.test(sql)) {
        if (refusal) throw Object.assign(new Error("The server refused."), { number: refusal });
        statements.push(run(statement));
        return [];
      }
      const asked = parameters.query ?? sql;
      const found = answers.find(
        ({ about, name, in: where }) =>
          asked.includes(about) &&
          (name === undefined || name === parameters.name) &&
          (where === undefined || where === parameters.database),
      );
      return (found?.rows ?? []) as Row[];
    },
    close: async () => undefined,
  };
  return { session: session(wire), statements, sent, wire, logins: logins(wire), users: containedUsers(wire) };
}

/**
 * What the server would make of a statement that it puts together: the expressions of `statement.ts`, evaluated by the
 * rules of T-SQL. https://learn.microsoft.com/sql/t-sql/functions/quotename-transact-sql
 */
export function run({ sql, parameters }: Statement): string {
  const [, expression] = /^DECLARE @statement nvarchar\(max\) = (.*?); (?:EXEC sys|DECLARE @there)/s.exec(sql) ?? [];
  if (expression === undefined) return sql;
  const value = (name: string) => parameters[name] ?? missing(name);
  const text = expression.replace(
    /QUOTENAME\(@(\w+)\)|REPLACE\(@(\w+), N'''', N''''''\)|N'((?:[^']|'')*)'|@(\w+)| \+ /g,
    (all, name?: string, replaced?: string, literal?: string, bare?: string) => {
      if (name) return `[${value(name).replaceAll("]", "]]")}]`;
      if (replaced) return value(replaced).replaceAll("'", "''");
      if (literal !== undefined) return literal.replaceAll("''", "'");
      if (bare) return value(bare);
      return all === " + " ? "" : missing(all);
    },
  );
  return parameters.database === undefined ? text : `[${parameters.database}] ${text}`;
}

function missing(name: string): never {
  throw new Error(`No parameter ${name}.`);
}
