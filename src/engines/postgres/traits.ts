import type { Traits } from "../engine.js";
import { loginsNamed } from "../logins.js";

export const name = "postgres";

/** https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html */
export const accepts = ["postgres", "postgresql", "aurora-postgresql"] as const;

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS (63 bytes) */
export const traits: Traits = {
  defaultPort: 5432,
  defaultDatabase: "postgres",
  username: { max: 63, unit: "bytes" },
  // PostgreSQL 14 and newer take more; older ones cut at 100 in some clients.
  password: { min: 8, max: 99, forbidden: "" },
  dualPassword: false,
};

/** A name as the server keeps it: letter by letter, but cut at 63 bytes, and never within a character. */
export function stored(username: string): string {
  const bytes = Buffer.from(username);
  let end = Math.min(bytes.length, traits.username.max);
  while (end < bytes.length && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

export const loginsOf = loginsNamed(stored);
