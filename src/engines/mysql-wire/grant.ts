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
      readonly everyones?: true;
    }
  | { readonly kind: "role"; readonly role: Role; readonly admin: boolean; readonly everyones?: true }
  | { readonly kind: "default role"; readonly role: Role }
  | { readonly kind: "proxy" }
  /** A row of a form that is not known: it may give anything. */
  | { readonly kind: "unknown" };

/** Of a grant to PUBLIC, which MariaDB shows to everybody. It is of whoever logs in, and no login's own. */
type Everyones = { readonly everyones?: true };

/** What a row grants; MySQL names a few roles in one. */
export function grantsIn(row: string): Grant[] {
  return understood(row) ?? [{ kind: "unknown" }];
}

function understood(row: string): Grant[] | undefined {
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
  const grantee = reader.words("TO") && reader.grantee();
  if (!grantee) return undefined;
  const admin = reader.words("WITH ADMIN OPTION");
  return roles.map((role) => ({ kind: "role", role, admin, ...grantee }));
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
  const grantee = object !== undefined && reader.words(taken ? "FROM" : "TO") && reader.grantee();
  if (!grantee) return undefined;
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
      ...grantee,
    },
  ];
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
  /** As a role, or quoted as MySQL 5.7 does, or PUBLIC without quotes. */
  grantee(): Everyones | undefined;
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
    grantee() {
      if (reader.words("PUBLIC")) return { everyones: true };
      const isQuoted = (token: Token | undefined) => token?.kind === "name" || token?.kind === "string";
      const [user, at, host] = tokens.slice(next, next + 3);
      if (!isQuoted(user)) return undefined;
      next += isWord(at, "@") && isQuoted(host) ? 3 : 1;
      return {};
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
