import type { Pair } from "../engine.js";
import type { Changes } from "../pairs.js";
import { adminLacksRight } from "../refusals.js";
import type { Wire } from "./connect.js";
import type { Dialect } from "./dialect.js";
import { quoteAccount } from "./quote.js";

export interface ServerError {
  readonly errno?: number;
  readonly message: string;
}

/** Server errors that mean a missing right. */
const DENIED: ReadonlySet<number> = new Set([1044, 1045, 1142, 1143, 1227, 1370, 1410, 1698, 1959, 1961]);

export function isDenied({ errno = 0 }: ServerError): boolean {
  return DENIED.has(errno);
}

/** Does work of an admin on a pair; tells what it may not do as `AdminLacksRight`. */
export async function permitted<Result>(
  wire: Wire,
  dialect: Dialect,
  pair: Pick<Pair, "base">,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isDenied(error as ServerError)) throw error;
    throw lacksRight(wire, dialect, pair, { refusal: error as ServerError });
  }
}

/** `statement`: the one that the admin could not run, where a person might as well take what it would repeat. */
export function lacksRight(
  { connection, account }: Wire,
  dialect: Dialect,
  { base }: Pick<Pair, "base">,
  { refusal, statement }: { refusal?: ServerError; statement?: string } = {},
): Error {
  const admin = quoteAccount(connection, account);
  const name = JSON.stringify(base);
  const notRun = statement
    ? ` What it could not run: ${short(statement)}; or, if ${name} is not to have that, take it from it.`
    : "";
  const howTo =
    `A person who may should run: ${dialect.howToPermit(admin)} and, with GRANT OPTION, everything that ${name} has been ` +
    `granted.${notRun}`;
  const cause = refusal && { name: "DatabaseError", code: String(refusal.errno), message: refusal.message };
  return adminLacksRight(admin, `the pair of ${name}`, howTo, cause);
}

const MOST_CHARACTERS = 300;
const MOST_STATEMENTS = 20;

/** A statement may name as many columns as others like, and what is reported goes through states and records of limited size. */
function short(statement: string): string {
  return statement.length > MOST_CHARACTERS ? `${statement.slice(0, MOST_CHARACTERS)}…` : statement;
}

export function fewOf({ granted, revoked, left }: Changes): Changes {
  const few = (statements: readonly string[]) => {
    const more = statements.length - MOST_STATEMENTS;
    const shown = statements.slice(0, MOST_STATEMENTS).map(short);
    return more > 0 ? [...shown, `and ${more} more`] : shown;
  };
  return { granted: few(granted), revoked: few(revoked), left: few(left) };
}
