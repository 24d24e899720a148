import { loginsNamed } from "../logins.js";

/** https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS */
export const MAX_BYTES = 63;

/** A name as the server keeps it: letter by letter, but cut at 63 bytes, and never within a character. */
export function stored(username: string): string {
  const bytes = Buffer.from(username);
  let end = Math.min(bytes.length, MAX_BYTES);
  while (end < bytes.length && ((bytes[end] as number) & 0xc0) === 0x80) end--;
  return bytes.toString("utf8", 0, end);
}

export const loginsOf = loginsNamed(stored);

/** `"name"`, for messages; statements use the driver's own. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
