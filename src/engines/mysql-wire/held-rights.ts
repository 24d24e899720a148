import { type Grant, grantsIn } from "./grant.js";

/** What a grant gives, for comparison. */
export interface Granted {
  /** `SELECT`, `CREATE USER`, `ALL PRIVILEGES`; columns are left out. */
  readonly privileges: readonly string[];
  /** `*` for all; a name that is a star itself is escaped. A database may be a pattern where `object` is `*`. */
  readonly database: string;
  readonly object: string;
  readonly grantable: boolean;
}

/** Of a row of SHOW GRANTS. `undefined` for roles, proxies, partial revokes and what is not understood. */
export function grantedBy(row: string): Granted | undefined {
  return grantsIn(row).flatMap(grantedIn)[0];
}

export function grantedIn(grant: Grant): Granted[] {
  return grant.kind === "privileges" && !grant.taken ? [comparable(grant)] : [];
}

/** What partial revokes take from it again. */
export function takenIn(grant: Grant): Granted[] {
  return grant.kind === "privileges" && grant.taken ? [comparable(grant)] : [];
}

function comparable(grant: Extract<Grant, { kind: "privileges" }>): Granted {
  const name = (one: string | undefined) => (one === undefined ? "*" : one === "*" ? "\\*" : one);
  return {
    privileges: grant.privileges.map((privilege) => privilege.name),
    database: name(grant.database),
    object: name(grant.object),
    grantable: grant.grantable,
  };
}

/** Whether these grants hold a privilege there. */
export function holds(
  own: readonly Granted[],
  privilege: string,
  where: Pick<Granted, "database" | "object">,
): boolean {
  return own.some(
    (one) => covers(one, where) && [privilege, "ALL PRIVILEGES", "ALL"].some((name) => one.privileges.includes(name)),
  );
}

/**
 * Whether whoever has these grants may hand on another. Where rows cannot say (of ALL PRIVILEGES, of partial revokes) it
 * is taken to be so: what is told to be missing is missing.
 */
export function mayGrant(own: readonly Granted[], wanted: Granted): boolean {
  const privileges = wanted.privileges.filter((name) => !["USAGE", "GRANT OPTION", "ALL PRIVILEGES"].includes(name));
  if (privileges.length === 0 && !wanted.privileges.includes("ALL PRIVILEGES")) return true;
  const may = own.some((one) => one.grantable && covers(one, wanted));
  return may && privileges.every((privilege) => holds(own, privilege, wanted));
}

/** Only where all of a database is granted its name may be a pattern; a table's or a routine's is of that very one. */
function covers(one: Granted, { database, object }: Pick<Granted, "database" | "object">): boolean {
  if (one.database === "*") return true;
  if (one.object === "*") return one.database === database || like(database, one.database);
  return one.database === database && one.object === object;
}

/** https://dev.mysql.com/doc/refman/8.4/en/grant.html: `_` and `%` in a database's name are wildcards, unless escaped. */
function like(name: string, pattern: string): boolean {
  const source = [...pattern.matchAll(/\\(.)|([\s\S])/g)]
    .map(([, escaped, plain = ""]) =>
      escaped === undefined && plain === "%"
        ? ".*"
        : escaped === undefined && plain === "_"
          ? "."
          : literal(escaped ?? plain),
    )
    .join("");
  return new RegExp(`^${source}$`, "s").test(name.replace(/\\([_%])/g, "$1"));
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
