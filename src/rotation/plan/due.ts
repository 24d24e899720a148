import type { LastRotation } from "../ledger.js";
import type { SecretDescription } from "../ports.js";
import type { SkipReason } from "../reasons.js";
import type { RotationRequest } from "../request.js";

const DAY_MS = 86_400_000;

/** Whether a rotation has answered the request already, or the secret is not old enough. */
export function notDue(
  request: RotationRequest,
  secret: SecretDescription,
  last: LastRotation | undefined,
  now: Date,
): SkipReason | undefined {
  if (last?.rotatedAt && new Date(last.rotatedAt) >= request.askedAt) return "RotatedSinceAsked";
  if (request.dueAfterDays === undefined) return undefined;
  const age = ageMs(secret, last?.rotatedAt ? new Date(last.rotatedAt) : undefined, now);
  return age < request.dueAfterDays * DAY_MS ? "NotDue" : undefined;
}

/** Milliseconds since the newest of our own record, Secrets Manager's and the secret's creation. */
export function ageMs(
  secret: Pick<SecretDescription, "createdAt" | "lastRotatedAt">,
  rotatedAt: Date | undefined,
  now: Date,
): number {
  const times = [rotatedAt, secret.lastRotatedAt, secret.createdAt].map((at) => at?.getTime() ?? 0);
  return now.getTime() - Math.max(...times);
}
