import { KeyturnError } from "../../errors.js";
import type { Changes } from "../pairs.js";
import { isDenied } from "./permitted.js";
import { id, quoted, type Statement, statement } from "./statement.js";

/** One right of a login or user, as the statements that give and take it. */
export interface Right {
  /** For reports, and to tell whether two are the same: `GRANT SELECT ON OBJECT::[dbo].[orders]`. */
  readonly text: string;
  give(user: string): Statement;
  /** Absent for what only narrows another right, and falls with it. */
  take?(user: string): Statement;
}

/** A row of sys.database_permissions or sys.server_permissions, its securable quoted by the server. */
export interface Permission {
  readonly state: "GRANT" | "GRANT_WITH_GRANT_OPTION" | "DENY" | "REVOKE";
  readonly permission: string;
  /** ` ON SCHEMA::[sales]`, empty for the database or the server itself; `null` for a kind that is not known. */
  readonly securable: string | null;
  readonly class: string;
}

/** https://learn.microsoft.com/sql/t-sql/statements/grant-transact-sql */
export function rightOf({ state, permission, securable, class: kind }: Permission): Right {
  if (securable === null) {
    throw new KeyturnError("UnsupportedError", {
      code: "UnknownPermission",
      message: `The user has the permission ${permission} on a ${kind}, which cannot be given to a clone. Tag the secret keyturn:strategy = single-user.`,
    });
  }
  const what = quoted(permission + securable);
  const name = `${permission}${securable}`;
  switch (state) {
    case "GRANT":
      return {
        text: `GRANT ${name}`,
        give: (user) => statement`GRANT ${what} TO ${id(user)}`,
        take: (user) => statement`REVOKE ${what} FROM ${id(user)} CASCADE`,
      };
    case "GRANT_WITH_GRANT_OPTION":
      return {
        text: `GRANT ${name} WITH GRANT OPTION`,
        give: (user) => statement`GRANT ${what} TO ${id(user)} WITH GRANT OPTION`,
        take: (user) => statement`REVOKE ${what} FROM ${id(user)} CASCADE`,
      };
    case "DENY":
      return {
        text: `DENY ${name}`,
        give: (user) => statement`DENY ${what} TO ${id(user)} CASCADE`,
        take: (user) => statement`REVOKE ${what} FROM ${id(user)}`,
      };
    case "REVOKE":
      return { text: `REVOKE ${name}`, give: (user) => statement`REVOKE ${what} FROM ${id(user)}` };
  }
}

/**
 * Gives and takes. `mayLeave`: whether what the server refuses is left as it is where the clone has had its turn without it:
 * others may have given it, and the admin can neither hand it on nor take it. What the clone had is given again, or it ends. Of
 * what the clone owns it has every right, and the server gives and takes none.
 */
export async function bringInLine(
  { wanted, found }: { readonly wanted: readonly Right[]; readonly found: readonly Right[] },
  clone: string,
  run: (statement: Statement) => Promise<unknown>,
  mayLeave: boolean,
): Promise<Changes> {
  const { missing, extra } = difference(wanted, found);
  const [granted, revoked, left]: [string[], string[], string[]] = [[], [], []];
  const isNew = ({ text }: Right) => !found.some((one) => one.text === text);
  const done = async (statement: Statement, leave: boolean): Promise<"done" | "refused" | "owned"> => {
    try {
      await run(statement);
      return "done";
    } catch (error) {
      if (isOfOwner(error)) return "owned";
      if (!leave || !isDenied(error)) throw error;
      return "refused";
    }
  };
  for (const { text, take } of extra) {
    const outcome = take ? await done(take(clone), mayLeave) : "owned";
    if (outcome !== "owned") (outcome === "done" ? revoked : left).push(text);
  }
  for (const right of missing) {
    const wasThere = !isNew(right);
    const isThere = wasThere && !revoked.some((text) => overlap(text, right.text));
    const outcome = await done(right.give(clone), mayLeave && (isThere || !wasThere));
    if (!wasThere && outcome !== "owned") (outcome === "done" ? granted : left).push(right.text);
  }
  return { granted, revoked, left };
}

/**
 * "Cannot grant, deny, or revoke permissions to sa, dbo, entity owner, information_schema, sys, or yourself."
 * https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors-4000-to-4999
 */
function isOfOwner(error: unknown): boolean {
  return (error as { number?: number }).number === 4624;
}

/** Whether to take one may have taken the other: they are about the same, or the columns of it. */
function overlap(...texts: readonly [string, string]): boolean {
  const [one, other] = texts.map((text) => text.replace(/^(GRANT|DENY|REVOKE) | WITH GRANT OPTION$/g, "")) as [
    string,
    string,
  ];
  return one.startsWith(other) || other.startsWith(one);
}

/** What one of a pair lacks and what it has too much. Grants come before what narrows them. */
export function difference(wanted: readonly Right[], found: readonly Right[]): { missing: Right[]; extra: Right[] } {
  const has = (list: readonly Right[], { text }: Right) => list.some((one) => one.text === text);
  const extra = found.filter((one) => one.take && !has(wanted, one));
  // What is taken may be wider than what is extra, so all of it is given again.
  const missing = extra.length > 0 ? [...wanted] : wanted.filter((one) => !has(found, one));
  const order = ({ text }: Right) => (text.startsWith("GRANT") ? 0 : text.startsWith("DENY") ? 1 : 2);
  return { missing: missing.sort((a, b) => order(a) - order(b)), extra };
}

export function roleRight(role: string, kind: "ROLE" | "SERVER ROLE"): Right {
  return kind === "ROLE"
    ? {
        text: `role ${role}`,
        give: (user) => statement`ALTER ROLE ${id(role)} ADD MEMBER ${id(user)}`,
        take: (user) => statement`ALTER ROLE ${id(role)} DROP MEMBER ${id(user)}`,
      }
    : {
        text: `server role ${role}`,
        give: (user) => statement`ALTER SERVER ROLE ${id(role)} ADD MEMBER ${id(user)}`,
        take: (user) => statement`ALTER SERVER ROLE ${id(role)} DROP MEMBER ${id(user)}`,
      };
}
