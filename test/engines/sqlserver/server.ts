import { engineFor } from "../../../src/engines/registry.js";
import type { Wire } from "../../../src/engines/sqlserver/connect.js";
import { session } from "../../../src/engines/sqlserver/session.js";
import type { Statement } from "../../../src/engines/sqlserver/statement.js";

import { PATIENCE } from "../../tools/patience.js";
import { DONE, DONE_PROCEDURE, errorToken, LOGIN_TAKEN, requestIn, row, rows, tdsServer } from "./tds.js";
import { LOGIN, packet, RPC } from "./tds-packets.js";

type Rows = ReadonlyArray<Readonly<Record<string, unknown>>>;

/** What a query is answered with: found by a piece of its text, its name, and the database it asks in. */
export interface Answer {
  readonly about: string;
  readonly name?: string;
  readonly other?: string;
  readonly in?: string;
  readonly rows: Rows;
}

export interface Played {
  readonly contained?: boolean;
  readonly azure?: boolean;
  /** The number of an error that every statement is answered with. */
  readonly refusal?: number;
  readonly login?: string;
  readonly database?: string;
  /** Triggers by their database. `late`: made after the look for them. */
  readonly triggers?: Readonly<Record<string, readonly string[]>>;
  readonly late?: boolean;
  /** Databases in which the admin is no user. */
  readonly uninvited?: readonly string[];
  /** The number of an error that every question and statement in a database is answered with. */
  readonly failing?: Readonly<Record<string, number>>;
  /** Statements that are answered with an error, by a piece of them. */
  readonly refused?: Readonly<Record<string, number>>;
  readonly members?: ReadonlyArray<readonly [role: string, member: string]>;
}

/** A login, or a contained user, that is there. */
export function found(name: string, account: { barred?: 1; powerful?: 1 } = {}): Answer {
  return { about: "END AS barred", name, rows: [{ barred: 0, powerful: 0, ...account }] };
}

/**
 * A server that answers queries from a script, the first that fits, and writes down the statements it would run. A trigger
 * sees the statements that are run in its database: `fired` has those that it saw with the admin's rights on the server.
 */
export function server(answers: readonly Answer[], played: Played = {}) {
  const { contained = false, refusal = 0, login = "keyturn", database = "shop", triggers = {} } = played;
  const statements: string[] = [];
  const sent: Statement[] = [];
  const fired: string[] = [];
  const members = (played.members ?? []).map(([role, member]) => `${role} ${member}`);
  let looked = false;
  const inPlace = (where: string) => (played.late && !looked ? [] : (triggers[where] ?? []));

  function ofServer(
    asked: string,
    { name = "", other = "" }: Statement["parameters"],
    where: string,
  ): Rows | undefined {
    if (asked.includes("AS trustworthy")) return [{ seen: 1, trustworthy: 0 }];
    if (asked.includes("sid = SUSER_SID()")) return played.uninvited?.includes(where) ? [] : [{ found: 1 }];
    if (asked.includes("type = 'R' AND name = @name"))
      return statements.some((sql) => /CREATE (SERVER )?ROLE /.test(sql) && sql.endsWith(`[${name}]`))
        ? [{ found: 1 }]
        : [];
    if (asked.includes("r.name = @other")) return members.includes(`${other} ${name}`) ? [{ found: 1 }] : [];
    if (!asked.includes("FROM sys.triggers")) return undefined;
    const names = inPlace(where);
    looked = true;
    return names.map((trigger) => ({ name: trigger }));
  }

  const credential = { username: login, password: "Th3-old~one" };
  async function query(one: Statement): Promise<Rows> {
    sent.push(one);
    const { sql, parameters } = one;
    const failing = played.failing?.[parameters.database ?? ""];
    if (failing) throw Object.assign(new Error("The database answers with an error."), { number: failing });
    if (sql.startsWith("DECLARE @statement") || /^SET XACT/.test(sql)) {
      if (refusal) throw Object.assign(new Error("The server refused."), { number: refusal });
      const text = run(one);
      const [, number] = Object.entries(played.refused ?? {}).find(([piece]) => text.includes(piece)) ?? [];
      if (number) throw Object.assign(new Error("refused"), { number });
      if (parameters.database !== undefined && inPlace(parameters.database).length > 0) {
        const { guarded = "" } = parameters;
        if (!/EXECUTE AS USER = @self;\s+EXEC sys.sp_executesql @statement;/.test(guarded)) fired.push(text);
        if (guarded.includes("FROM sys.triggers")) throw Object.assign(new Error("refused"), { number: 51010 });
      }
      statements.push(text);
      return [];
    }
    const asked = parameters.query ?? sql;
    const where = parameters.database ?? database;
    const answer = answers.find(
      ({ about, name, other, in: there }) =>
        (other === undefined || other === parameters.other) &&
        asked.includes(about) &&
        (name === undefined || name === parameters.name) &&
        (there ?? where) === where,
    );
    return answer?.rows ?? ofServer(asked, parameters, where) ?? [];
  }
  const wire: Wire = {
    credential,
    facts: { login, actingAs: "dbo", serverVersion: "16.0.4165.4", database, contained, azure: played.azure === true },
    query: async <Row>(one: Statement) => (await query(one)) as Row[],
    close: async () => undefined,
  };
  return { session: session(wire), statements, sent, fired, query, credential, database, contained };
}

/** The same server, reached as a real one is: by the driver, over SQL Server's protocol. `stop` it afterwards. */
export async function serverOverTds(answers: readonly Answer[], played: Played = {}) {
  const { statements, sent, query, credential, database, contained } = server(answers, played);
  const tds = await tdsServer(async (kind, before, message) => {
    if (kind === LOGIN) return packet(LOGIN_TAKEN, DONE);
    if (kind !== RPC) return packet(DONE);
    if (before === 0)
      return packet(
        row({
          login: credential.username,
          actingAs: "dbo",
          database,
          serverVersion: "16.0.4165.4",
          updateability: "READ_WRITE",
          authenticatedIn: contained ? 5 : 1,
          edition: played.azure ? 5 : 3,
        }),
        DONE_PROCEDURE,
      );
    try {
      return packet(rows((await query(requestIn(message))) as Parameters<typeof rows>[0]), DONE_PROCEDURE);
    } catch (error) {
      const { number, message: text } = error as { number: number; message: string };
      return packet(errorToken(number, text), DONE_PROCEDURE);
    }
  });
  const open = await (await engineFor("sqlserver")).connect({
    target: { host: "127.0.0.1", port: tds.port, database, tls: false },
    credential,
    ...PATIENCE,
  });
  const stop = async () => {
    await open.close();
    tds.stop();
  };
  return { session: open, statements, sent, stop };
}

/**
 * What the server would make of a statement that it puts together: the expressions of `statement.ts`, evaluated by the
 * rules of T-SQL. https://learn.microsoft.com/sql/t-sql/functions/quotename-transact-sql
 */
export function run({ sql, parameters }: Statement): string {
  const [, expression] = /^DECLARE @statement nvarchar\(max\) = (.*?); (?:EXEC |DECLARE @there)/s.exec(sql) ?? [];
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
