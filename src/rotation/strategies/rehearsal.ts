import type { Change, Session } from "../../engines/engine.js";
import { readCurrent, readWithAdmin } from "../credentials.js";
import { asAdmin, asItself, currentRejected, mayNot } from "../logins.js";
import type { RotatePlan } from "../plans.js";
import type { Reach } from "../ports.js";

/** Whether the session may make the change, in a sentence; throws what the change would throw. Nothing is changed. */
export async function rehearse(session: Session, change: Change): Promise<string> {
  if (!session.rehearse) return "Not checked: for this engine the rights show only when the password is changed.";
  return session.rehearse(change);
}

/** As `rehearse`, by the user itself or, where it may not, by the admin that the secret names. */
export async function rehearseByEither(
  reach: Reach,
  plan: RotatePlan,
  changesFor: (username: string) => { readonly own: Change; readonly admin: Change },
): Promise<string> {
  const secret = await readCurrent(reach, plan);
  const changes = changesFor(secret.username);
  const own = await asItself(reach, secret, (session) =>
    rehearse(session, changes.own).catch((error) => {
      if (plan.adminSecretArn && mayNot(error)) return undefined;
      throw error;
    }),
  ).catch((error) => {
    throw currentRejected(secret, error);
  });
  if (own !== undefined) return own;
  const { admin } = await readWithAdmin(reach, plan);
  return asAdmin(reach, admin, (session) => rehearse(session, changes.admin));
}
