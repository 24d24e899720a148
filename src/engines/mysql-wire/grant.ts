import type { Connection } from "mysql2/promise";
import type { Account } from "./connect.js";
import { quoteAccount, quoteName } from "./quote.js";
import { type Token, tokensOf } from "./tokens.js";

/** A role; MySQL's have a host. */
export interface Role {
  readonly name: string;
  readonly host?: string;
}

/** A row of SHOW GRANTS, understood. What stands in it about passwords and TLS is left out. */
export type Grant =
  | {
      readonly kind: "privileges";
      readonly privileges: ReadonlyArray<{ readonly name: string; readonly columns: readonly string[] }>;
      /** `FUNCTION`, `PROCEDURE`, `PACKAGE BODY`; empty for tables. */
      readonly type: string;
      /** Nothing for `*`. */
      readonly database?: string;
      readonly object?: string;
      readonly grantable: boolean;
      /** A partial revoke. */
      readonly taken: boolean;
    }
  | { readonly kind: "role"; readonly role: Role; readonly admin: boolean }
  | { readonly kind: "default role"; readonly role: Role }
  | { readonly kind: "proxy" };

/** What a row grants; MySQL names a few roles in one. Nothing for a row of a form that is not known. */
export function grantsIn(row: string): Grant[] | undefined {
  const reader = readerOf(tokensOf(row) ?? []);
  if (reader.words("SET DEFAULT ROLE")) {
    const role = reader.role();
    return role && reader.words("FOR") ? [{ kind: "default role", role }] : undefined;
  }
  if (reader.words("GRANT PROXY")) return [{ kind: "proxy" }];
  const taken = reader.words("REVOKE");
  if (!taken && !reader.words("GRANT")) return undefined;
  return reader.at()?.kind === "name" && !taken ? rolesIn(reader) : privilegesIn(reader, taken);
}

function rolesIn(reader: Reader): Grant[] | undefined {
  const roles: Role[] = [];
  do {
    const role = reader.role();
    if (!role) return undefined;
    roles.push(role);
  } while (reader.words(","));
  if (!reader.words("TO") || !reader.account()) return undefined;
  const admin = reader.words("WITH ADMIN OPTION");
  return roles.map((role) => ({ kind: "role", role, admin }));
}

function privilegesIn(reader: Reader, taken: boolean): Grant[] | undefined {
  const privileges: { name: string; columns: string[] }[] = [];
  do {
    const name = reader.phrase("ON");
    const columns: string[] = [];
    if (reader.words("(")) {
      do columns.push(reader.name() ?? "");
      while (reader.words(","));
      if (!reader.words(")")) return undefined;
    }
    if (name === "" || columns.includes("")) return undefined;
    privileges.push({ name, columns });
  } while (reader.words(","));
  if (!reader.words("ON")) return undefined;
  const type = reader.phrase("*");
  const database = reader.nameOrAll();
  if (database === undefined || !reader.words(".")) return undefined;
  const object = reader.nameOrAll();
  if (object === undefined || !reader.words(taken ? "FROM" : "TO") || !reader.account()) return undefined;
  return [
    {
      kind: "privileges",
      privileges,
      type: type === "TABLE" ? "" : type,
      ...(database === ALL ? {} : { database }),
      ...(object === ALL ? {} : { object }),
      grantable: reader
        .rest()
        .some((token, index, rest) => isWord(token, "GRANT") && isWord(rest[index + 1], "OPTION")),
      taken,
    },
  ];
}

/** The statement that gives this to an account, in a form that can be compared. */
export function statementOf(connection: Connection, grant: Grant, to: Account): string {
  const account = quoteAccount(connection, to);
  if (grant.kind === "role")
    return `GRANT ${quoteRole(grant.role)} TO ${account}${grant.admin ? " WITH ADMIN OPTION" : ""}`;
  if (grant.kind === "default role") return `SET DEFAULT ROLE ${quoteRole(grant.role)} FOR ${account}`;
  if (grant.kind === "proxy") return "";
  if (grant.taken) return `REVOKE ${whatOf(grant)} ON ${whereOf(grant)} FROM ${account}`;
  return `GRANT ${whatOf(grant)} ON ${whereOf(grant)} TO ${account}${grant.grantable ? " WITH GRANT OPTION" : ""}`;
}

/** The statements that take it away again. */
export function reverseOf(connection: Connection, grant: Grant, from: Account): string[] {
  const account = quoteAccount(connection, from);
  if (grant.kind === "role") return [`REVOKE ${quoteRole(grant.role)} FROM ${account}`];
  if (grant.kind === "default role") return [`SET DEFAULT ROLE NONE FOR ${account}`];
  if (grant.kind === "proxy") return [];
  if (grant.taken) return [`GRANT ${whatOf(grant)} ON ${whereOf(grant)} TO ${account}`];
  return [
    ...(grant.grantable ? [`REVOKE GRANT OPTION ON ${whereOf(grant)} FROM ${account}`] : []),
    ...(isUsage(grant) ? [] : [`REVOKE ${whatOf(grant)} ON ${whereOf(grant)} FROM ${account}`]),
  ];
}

type Privileges = Extract<Grant, { kind: "privileges" }>;

/** Whether it gives nothing, but GRANT OPTION perhaps. */
export function isUsage({ privileges }: Privileges): boolean {
  return privileges.every(({ name }) => name === "USAGE");
}

export function quoteRole({ name, host }: Role): string {
  return host === undefined ? quoteName(name) : `${quoteName(name)}@${quoteName(host)}`;
}

function whatOf({ privileges }: Privileges): string {
  return privileges
    .map(({ name, columns }) => (columns.length === 0 ? name : `${name} (${columns.map(quoteName).join(", ")})`))
    .join(", ");
}

function whereOf({ type, database, object }: Privileges): string {
  const name = (one: string | undefined) => (one === undefined ? "*" : quoteName(one));
  return `${type === "" ? "" : `${type} `}${name(database)}.${name(object)}`;
}

const ALL = Symbol("*");

interface Reader {
  at(): Token | undefined;
  /** Whether these words come next; then they have been read. */
  words(expected: string): boolean;
  /** Words up to a mark, a name or this one, in capitals. */
  phrase(until: string): string;
  name(): string | undefined;
  nameOrAll(): string | typeof ALL | undefined;
  /** A name, or two with an `@`. */
  role(): Role | undefined;
  /** As a role, or quoted as MySQL 5.7 does. */
  account(): boolean;
  rest(): Token[];
}

function readerOf(tokens: readonly Token[]): Reader {
  let next = 0;
  const reader: Reader = {
    at: () => tokens[next],
    words(expected) {
      const wanted = expected.split(" ");
      if (!wanted.every((word, index) => isWord(tokens[next + index], word))) return false;
      next += wanted.length;
      return true;
    },
    phrase(until) {
      const words: string[] = [];
      for (let token = tokens[next]; token?.kind === "word" && /^\w/.test(token.value); token = tokens[++next]) {
        if (isWord(token, until)) break;
        words.push(token.value.toUpperCase());
      }
      return words.join(" ");
    },
    name: () => (tokens[next]?.kind === "name" ? tokens[next++]?.value : undefined),
    account() {
      const isQuoted = (token: Token | undefined) => token?.kind === "name" || token?.kind === "string";
      const [user, at, host] = tokens.slice(next, next + 3);
      if (!isQuoted(user)) return false;
      next += isWord(at, "@") && isQuoted(host) ? 3 : 1;
      return true;
    },
    nameOrAll: () => (reader.words("*") ? ALL : reader.name()),
    role() {
      const name = reader.name();
      if (name === undefined) return undefined;
      if (!reader.words("@")) return { name };
      const host = reader.name();
      return host === undefined ? undefined : { name, host };
    },
    rest: () => tokens.slice(next),
  };
  return reader;
}

function isWord(token: Token | undefined, word: string): boolean {
  return token?.kind === "word" && token.value.toUpperCase() === word;
}
