import { createHash } from "node:crypto";

/**
 * What `mysql_native_password` stores, computed here, so that the clear password is in no statement.
 * https://mariadb.com/kb/en/authentication-plugin-mysql_native_password/
 */
export function nativeVerifier(password: string): string {
  const sha1 = (data: string | Buffer) => createHash("sha1").update(data).digest();
  return `*${sha1(sha1(password)).toString("hex").toUpperCase()}`;
}
