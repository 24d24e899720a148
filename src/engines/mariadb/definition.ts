import type { Connection } from "mysql2/promise";
import { KeyturnError } from "../../errors.js";
import type { Account, Wire } from "../mysql-wire/connect.js";
import { quoteAccount } from "../mysql-wire/quote.js";
import { type Token, tokensOf } from "../mysql-wire/tokens.js";

/** An account as SHOW CREATE USER has it, taken apart. */
export interface Definition {
  /** The ways to log in, each enough by itself. */
  readonly ways: readonly Way[];
  readonly locked: boolean;
  /** `REQUIRE SSL WITH MAX_USER_CONNECTIONS 5 PASSWORD EXPIRE NEVER`; empty for none. */
  readonly options: string;
}

export interface Way {
  /** `mysql_native_password`, `unix_socket` */
  readonly plugin: string;
  /** What the plugin knows of it, a hash of the password for one. */
  readonly using?: string;
}

/** `account`: default the session's own. */
export async function definitionOf({ connection, query }: Wire, account?: Account): Promise<Definition> {
  const whose = account ? ` ${quoteAccount(connection, account)}` : "";
  const [row = {}] = await query<Record<string, string>>(`SHOW CREATE USER${whose}`);
  return parsed(connection, tokensOf(Object.values(row)[0] ?? "") ?? notUnderstood());
}

/** `CREATE USER`, the account, the ways, and the options. */
function parsed(connection: Connection, tokens: readonly Token[]): Definition {
  const words = tokens.map((token) => (token.kind === "word" ? token.value.toUpperCase() : ""));
  if (words.slice(0, 4).join(" ") !== "CREATE USER  @" || tokens[4]?.kind !== "name") notUnderstood();
  const { ways, next } = waysIn(tokens, words, 5);
  if (next < tokens.length && !OPTIONS.has(words[next] ?? "")) notUnderstood();
  const lock = words.indexOf("ACCOUNT", next);
  const rest = tokens.filter((_, index) => index >= next && (lock < 0 || index < lock || index > lock + 1));
  return { ways, locked: lock >= 0 && words[lock + 1] === "LOCK", options: textOf(connection, rest) };
}

const OPTIONS: ReadonlySet<string> = new Set(["REQUIRE", "WITH", "ACCOUNT", "PASSWORD"]);

function waysIn(tokens: readonly Token[], words: readonly string[], from: number): { ways: Way[]; next: number } {
  const text = (index: number) =>
    (tokens[index]?.kind === "string" ? tokens[index]?.value : undefined) ?? notUnderstood();
  if (words[from] !== "IDENTIFIED") return { ways: [], next: from };
  if (words.slice(from + 1, from + 3).join(" ") === "BY PASSWORD")
    return { ways: [{ plugin: NATIVE, using: text(from + 3) }], next: from + 4 };
  if (words[from + 1] !== "VIA") notUnderstood();
  const ways: Way[] = [];
  let next = from + 1;
  do {
    const plugin = words[next + 1] ? (tokens[next + 1]?.value ?? "") : notUnderstood();
    const uses = words[next + 2] === "USING";
    ways.push(uses ? { plugin, using: text(next + 3) } : { plugin });
    next += uses ? 4 : 2;
  } while (words[next] === "OR");
  return { ways, next };
}

function textOf(connection: Connection, tokens: readonly Token[]): string {
  return tokens.map(({ kind, value }) => (kind === "word" ? value : connection.escape(value))).join(" ");
}

export const NATIVE = "mysql_native_password";

/** Both keep a hash that is the same for the same password. */
export function isOfPassword({ plugin }: Way): boolean {
  return plugin === NATIVE || plugin === "ed25519";
}

function notUnderstood(): never {
  throw new KeyturnError("UnsupportedError", {
    code: "AccountUnknown",
    message:
      "SHOW CREATE USER has a form that Keyturn does not know, so it cannot change that account as an admin. Tag the " +
      "secret keyturn:strategy = single-user without masterarn, and report the form.",
  });
}
