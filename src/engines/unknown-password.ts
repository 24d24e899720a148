import { randomBytes } from "node:crypto";

/** A password that nobody is told: for logins that nobody is to use. Long, and of every kind that policies ask for. */
export function unknownPassword(): string {
  return `Aa1-${randomBytes(18).toString("base64url")}`;
}
