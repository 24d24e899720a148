import { KeyturnError } from "../errors.js";
import type { SecretDescription } from "../rotation/ports.js";

/** What another has begun, he is to end: a password may be in the database already. */
export function refuseUnderWay({ versions }: Pick<SecretDescription, "versions">): void {
  const pending = Object.values(versions).find((labels) => labels.includes("AWSPENDING"));
  if (!pending || pending.includes("AWSCURRENT")) return;
  throw conflict(
    "RotationUnderWay",
    "AWSPENDING is on another version than AWSCURRENT: a rotation is under way, or was cut off. Let it end, or rotate the secret once more.",
  );
}

export function conflict(code: string, message: string): KeyturnError {
  return new KeyturnError("ConflictError", { code, message });
}
