import type { Pair, Session } from "../../engines/engine.js";
import { KeyturnError } from "../../errors.js";
import { named } from "../admins.js";
import { type CurrentSecret, readCurrent, readWithAdmin, withPending } from "../credentials.js";
import { asAdmin, asItself, currentRejected, placeOf } from "../logins.js";
import { checkUser } from "../pending.js";
import type { CredentialPlan } from "../plans.js";
import type { Reach } from "../ports.js";
import { foreignPrevious, openSessions } from "./previous.js";
import { rehearse } from "./rehearsal.js";
import type { Strategy } from "./strategy.js";

/** Two users with the same rights take turns: the one that is not in use gets the new password, from an admin. */
export const alternatingUsers: Strategy = {
  /**
   * The login as AWSCURRENT is more than a check of the name: whoever may write the secret could otherwise have the
   * admin set any user's password by naming it there.
   */
  async prepare(reach, plan) {
    const secret = await readCurrent(reach, plan);
    const pair = await pairOf(reach, secret);
    return { secret, username: pair.next, pair };
  },

  /** `pair` is what this server said when AWSCURRENT got in there, in Create; the server is asked again what it knows of the two. */
  async apply(reach, plan, { pair }) {
    const { admin, pending } = await withPending(reach, plan, readWithAdmin(reach, plan));
    if (!pair) throw noPair();
    checkUser(plan.versionId, pending.username, pair.next);
    const report = await asAdmin(reach, admin, (session) =>
      session.alternate({ pair, password: pending.password, grants: plan.grants }),
    );
    const logins = [pair.base, pair.clone];
    return { alreadySet: false, by: "the admin", logins, ...placeOf(pair), admin: named(admin), ...report };
  },

  async rehearse(reach, plan) {
    return asAdminOf(reach, plan, (pair, session) => rehearse(session, { kind: "pair", pair, grants: plan.grants }));
  },

  /** The user in use is never touched: where it is refused, someone else did that. */
  async restore() {
    return undefined;
  },

  /** As for `prepare`: what the server says of the current login decides whose password may be taken away. */
  async retire(reach, target, { previous }) {
    return asAdminOf(reach, target, async (pair, session) => {
      if (previous.username !== pair.next) throw foreignPrevious("username");
      const sessions = await openSessions(session, previous.username);
      await session.retire({ pair });
      return { ...sessions, by: "the admin" as const };
    });
  },
};

/** Does something as the admin, about the pair that the server names for AWSCURRENT, which gets in there first. */
async function asAdminOf<Result>(
  reach: Reach,
  plan: CredentialPlan,
  work: (pair: Pair, session: Session) => Promise<Result>,
): Promise<Result> {
  const { secret, admin } = await readWithAdmin(reach, plan);
  const pair = await pairOf(reach, secret);
  return asAdmin(reach, admin, (session) => work(pair, session));
}

function pairOf(reach: Reach, secret: CurrentSecret): Promise<Pair> {
  return asItself(reach, secret, (session) => session.pair()).catch((error) => {
    throw currentRejected(secret, error);
  });
}

function noPair(): KeyturnError {
  return new KeyturnError("InternalError", {
    code: "NoPair",
    message: "Create secret did not say which two users take turns.",
  });
}
