import { KeyturnError } from "../errors.js";
import { readWithAdmin } from "./credentials.js";
import { asItself, currentRejected, inSession } from "./logins.js";
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
    const { secret } = await readWithAdmin(reach, plan);
    try {
      const pair = await asItself(reach, secret, (session) => session.pair());
      return { secret, username: pair.next, pair };
    } catch (error) {
      throw currentRejected(secret, error);
    }
  },

  async apply(reach, plan, { pending, pair }) {
    const { admin } = await readWithAdmin(reach, plan);
    if (!pair || pair.next !== pending.username) {
      throw new KeyturnError("ConflictError", {
        code: "ForeignPending",
        message:
          "AWSPENDING holds a credential for a user that is not the next of the pair. Take the label off and start again.",
      });
    }
    const report = await inSession(reach, admin, (session) =>
      session.alternate({ pair, password: pending.password, grants: plan.grants }),
    );
    return { alreadySet: false, by: "the admin", ...report };
  },

  async rehearse(reach, plan) {
    const { secret, admin } = await readWithAdmin(reach, plan);
    const pair = await asItself(reach, secret, (session) => session.pair()).catch((error) => {
      throw currentRejected(secret, error);
    });
    return inSession(reach, admin, (session) => rehearse(session, { kind: "pair", pair, grants: plan.grants }));
  },

  /** The user in use is never touched: where it is refused, someone else did that. */
  async restore() {
    return undefined;
  },

  /** As for `prepare`: what the server says of the current login decides whose password may be taken away. */
  async retire(reach, target, { previous }) {
    const { secret, admin } = await readWithAdmin(reach, target);
    const pair = await asItself(reach, secret, (session) => session.pair()).catch((error) => {
      throw currentRejected(secret, error);
    });
    if (previous.username === secret.username || previous.username !== pair.next) throw foreignPrevious("username");
    return inSession(reach, admin, async (session) => {
      const sessions = await openSessions(session, previous.username);
      await session.retire({ pair });
      return { ...sessions, by: "the admin" };
    });
  },
};
