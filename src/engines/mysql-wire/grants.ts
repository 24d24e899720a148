import type { Account, Wire } from "./connect.js";
import { quoteAccount } from "./quote.js";

const ACCOUNT = /`(?:[^`]|``)*`@`(?:[^`]|``)*`/;

/**
 * Gives the clone what the base has been granted, and takes from it what it has not. `marker`: the role that says that a
 * login is a clone, on servers that have no other place for it.
 */
export async function alignGrants(wire: Wire, base: Account, clone: Account, marker?: string) {
  const wanted = await grantsOf(wire, base, clone, marker);
  const found = await grantsOf(wire, clone, clone, marker);
  const missing = wanted.filter((grant) => !found.includes(grant));
  const extra = found.filter((grant) => !wanted.includes(grant));
  for (const grant of extra) for (const statement of reverseOf(grant)) await wire.query(statement);
  // What was taken may have been wider than what is extra, so all of it is given again.
  for (const grant of extra.length > 0 ? wanted : missing) await wire.query(grant);
  return { granted: missing, revoked: extra };
}

/** What `alignGrants` would give the clone, which may not be there yet. */
export async function missingGrants(
  wire: Wire,
  base: Account,
  clone: Account,
  { isThere, marker }: { isThere: boolean; marker?: string | undefined },
): Promise<string[]> {
  const wanted = await grantsOf(wire, base, clone, marker);
  const found = isThere ? await grantsOf(wire, clone, clone, marker) : [];
  return wanted.filter((grant) => !found.includes(grant));
}

/**
 * The rows of SHOW GRANTS as statements for another account, in an order and form that can be compared. What stands in
 * them about passwords and TLS is said by SHOW CREATE USER and left out, as are bare USAGE and the role that marks a clone.
 */
async function grantsOf(wire: Wire, from: Account, to: Account, marker?: string): Promise<string[]> {
  const rows = await wire.query<Record<string, string>>(`SHOW GRANTS FOR ${quoteAccount(wire.connection, from)}`);
  const name = quoteAccount(wire.connection, to);
  const grants = rowsOf(rows).map((row) => normalized(row, name));
  return grants
    .filter((text) => isGranted(text, grants))
    .filter((text) => text !== `GRANT USAGE ON *.* TO ${name}` && !text.startsWith(`GRANT \`${marker}\` `));
}

/** The texts that SHOW GRANTS gives, in a column named after the account. */
export function rowsOf(rows: ReadonlyArray<Record<string, string>>): string[] {
  return rows.map((row) => Object.values(row)[0] ?? "");
}

/** A default role outlives the grant of the role: then it is none. */
function isGranted(text: string, grants: readonly string[]): boolean {
  const [, role] = /^SET DEFAULT ROLE (.*) FOR /.exec(text) ?? [];
  return role === undefined || grants.some((grant) => grant.startsWith(`GRANT ${role} TO `));
}

function normalized(text: string, name: string): string {
  const partial = /^(REVOKE .*) FROM `(?:[^`]|``)*`@`(?:[^`]|``)*`$/s.exec(text);
  if (partial) return `${partial[1]} FROM ${name}`;
  const defaultRole = /^SET DEFAULT ROLE (.*) FOR /.exec(text);
  if (defaultRole) return `SET DEFAULT ROLE ${defaultRole[1]} FOR ${name}`;
  const [head = "", tail = ""] = split(text);
  const option = /WITH (GRANT|ADMIN) OPTION/.exec(tail)?.[0];
  return `${head} TO ${name}${option ? ` ${option}` : ""}`;
}

/** At the last ` TO ` before an account; a name inside may itself have one. */
function split(text: string): [head: string, tail: string] {
  const match = new RegExp(`^(.*) TO ${ACCOUNT.source}(.*)$`, "s").exec(text);
  return match ? [match[1] as string, match[2] as string] : [text, ""];
}

/** The statements that take away what a statement of `grantsOf` gives. */
function reverseOf(grant: string): string[] {
  const role = /^SET DEFAULT ROLE .* FOR (.*)$/s.exec(grant);
  if (role) return [`SET DEFAULT ROLE NONE FOR ${role[1]}`];
  const partial = /^REVOKE (.*) FROM (.*?)$/s.exec(grant);
  if (partial) return [`GRANT ${partial[1]} TO ${partial[2]}`];
  const [, what = "", who = "", option] =
    /^GRANT (.*) TO ('(?:[^'\\]|\\.)*'@'(?:[^'\\]|\\.)*')(?: WITH (GRANT|ADMIN) OPTION)?$/s.exec(grant) ?? [];
  const on = what.lastIndexOf(" ON ");
  if (option !== "GRANT" || on < 0) return [`REVOKE ${what} FROM ${who}`];
  return [
    `REVOKE GRANT OPTION${what.slice(on)} FROM ${who}`,
    ...(what.startsWith("USAGE ON") ? [] : [`REVOKE ${what} FROM ${who}`]),
  ];
}
