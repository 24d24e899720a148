import type { Connection } from "mysql2/promise";
import type { Account } from "./connect.js";
import type { Grant, Role } from "./grant.js";
import { quoteAccount, quoteName } from "./quote.js";

/** The statement that gives this to an account, in a form that can be compared. */
export function statementOf(connection: Connection, grant: Grant, to: Account): string {
  const account = quoteAccount(connection, to);
  if (grant.kind === "role")
    return `GRANT ${quoteRole(grant.role)} TO ${account}${grant.admin ? " WITH ADMIN OPTION" : ""}`;
  if (grant.kind === "default role") return `SET DEFAULT ROLE ${quoteRole(grant.role)} FOR ${account}`;
  if (grant.kind !== "privileges") return "";
  if (grant.taken) return `REVOKE ${whatOf(grant)} ON ${whereOf(grant)} FROM ${account}`;
  return `GRANT ${whatOf(grant)} ON ${whereOf(grant)} TO ${account}${grant.grantable ? " WITH GRANT OPTION" : ""}`;
}

/** The statements that take it away again. */
export function reverseOf(connection: Connection, grant: Grant, from: Account): string[] {
  const account = quoteAccount(connection, from);
  if (grant.kind === "role") return [`REVOKE ${quoteRole(grant.role)} FROM ${account}`];
  if (grant.kind === "default role") return [`SET DEFAULT ROLE NONE FOR ${account}`];
  if (grant.kind !== "privileges") return [];
  if (grant.taken) return [`GRANT ${whatOf(grant)} ON ${whereOf(grant)} TO ${account}`];
  return [
    ...(grant.grantable ? [`REVOKE GRANT OPTION ON ${whereOf(grant)} FROM ${account}`] : []),
    ...(isUsage(grant) ? [] : [`REVOKE ${whatOf(grant)} ON ${whereOf(grant)} FROM ${account}`]),
  ];
}

export type Privileges = Extract<Grant, { kind: "privileges" }>;

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
