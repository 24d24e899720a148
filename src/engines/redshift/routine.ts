import type { Client } from "pg";

/** `FUNCTION "public"."f"(integer)`, or `PROCEDURE …`. */
export function routineName(
  client: Client,
  { schema, name, arguments: types, kind }: { schema: string; name: string; arguments: string; kind: string | null },
): string {
  const quoted = `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}(${types})`;
  return `${kind?.includes("PROCEDURE") ? "PROCEDURE" : "FUNCTION"} ${quoted}`;
}
