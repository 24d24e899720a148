import type { Client } from "pg";

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
