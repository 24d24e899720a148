import type { Client } from "pg";
import type { Pair } from "../engine.js";
import { quote } from "./names.js";

/**
 * A clone is told by the comment on its role: that takes CREATEROLE, and from PostgreSQL 16 on ADMIN OPTION for that
 * role, which no login has for itself. Everybody may read it. Settings and memberships say nothing, because a login
 * sets the one for itself, and could hand the other out before 15.
 * https://www.postgresql.org/docs/current/sql-comment.html
 */
export function markOf(base: string): string {
  return `keyturn: clone of ${quote(base)}`;
}

/** The mark while the base is the one that is barred, by us. */
export function retiredMarkOf(base: string): string {
  return `${markOf(base)}, which is retired`;
}

/** The statement that marks a clone. `mark`: default, the plain one. */
export function commentOn(client: Client, { base, clone }: Pick<Pair, "base" | "clone">, mark = markOf(base)): string {
  return `COMMENT ON ROLE ${client.escapeIdentifier(clone)} IS ${client.escapeLiteral(mark)}`;
}
