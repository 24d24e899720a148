import { randomBytes } from "node:crypto";

/**
 * A password that nobody is told: for logins that nobody is to use. Of 128 random bits, as long as Oracle takes them, and with
 * two of each kind, as ORA12C_STRONG_VERIFY_FUNCTION wants it.
 * https://docs.oracle.com/en/database/oracle/oracle-database/19/dbseg/configuring-authentication.html
 */
export function unknownPassword(): string {
  return `Aa1-Zz9_${randomBytes(16).toString("base64url")}`;
}
