import type { Client } from "pg";

/** One right of a user in the database of the session, as the two statements that give and take it. */
export interface Right {
  /** For reports, and to tell whether two are the same: `GRANT SELECT ON "public"."orders"`. */
  readonly text: string;
  give(user: string): string;
  take(user: string): string;
}

/** `what`: `SELECT ON "public"."orders"`. */
export function grantOf(client: Client, what: string, admin = false): Right {
  const option = admin ? " WITH GRANT OPTION" : "";
  return {
    text: `GRANT ${what}${option}`,
    give: (user) => `GRANT ${what} TO ${client.escapeIdentifier(user)}${option}`,
    take: (user) => `REVOKE ${what} FROM ${client.escapeIdentifier(user)}`,
  };
}

/** `FUNCTION "public"."f"(integer)`, or `PROCEDURE …`. */
export function routineName(
  client: Client,
  { schema, name, arguments: types, kind }: { schema: string; name: string; arguments: string; kind: string | null },
): string {
  // Types of the cluster's own; anything else would be an attempt at an injection.
  if (!/^[a-z0-9_ ,()[\]]*$/i.test(types)) throw new Error("A function takes an argument of a type that is no word.");
  const quoted = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}(${types})`;
  return `${kind?.includes("PROCEDURE") ? "PROCEDURE" : "FUNCTION"} ${quoted}`;
}
