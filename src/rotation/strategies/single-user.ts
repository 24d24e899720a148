import { named } from "../admins.js";
import { type CurrentSecret, readBoth, readCurrent, readLeft, readWithAdmin } from "../credentials.js";
import { asAdmin, asItself, currentRejected, isRejected, logsIn, mayNot, placeOf, whoGetsIn } from "../logins.js";
import type { RotatePlan } from "../plans.js";
import type { Reach } from "../ports.js";
import { rehearseByEither } from "./rehearsal.js";
import type { SetReport, Strategy } from "./strategy.js";

/** One user changes its own password; an admin, where the secret names one, does it for a user who may not. */
export const singleUser: Strategy = {
  async prepare(reach, plan) {
    const secret = await readCurrent(reach, plan);
    return { secret, username: secret.username };
  },

  async apply(reach, plan, { again }) {
    const { secret: current, pending } = await readBoth(reach, plan);
    const set = again ? await whoGetsIn(reach, pending) : undefined;
    if (set) return { alreadySet: true, by: "the user itself", logins: [current.username], ...placeOf(set) };
    try {
      return await change(reach, plan, current, pending.password);
    } catch (error) {
      // A rotation that was left unfinished may have changed the password: then its credential is the way in.
      const left = isRejected(error) ? await readLeft(reach, plan, current) : undefined;
      if (left && (await logsIn(reach, left))) return change(reach, plan, left, pending.password);
      throw currentRejected(current, error);
    }
  },

  rehearse: (reach, plan) =>
    rehearseByEither(reach, plan, (username) => ({
      own: { kind: "own password" },
      admin: { kind: "password", username },
    })),

  async restore(reach, plan, { current, pending }) {
    if (!(await logsIn(reach, pending))) return undefined;
    const { by } = await change(reach, plan, pending, current.password);
    return `The password under AWSCURRENT was set again in the database, by ${by}.`;
  },
};

/**
 * Changes the password of `from`'s user, logged in as `from` at AWSCURRENT's server. The admin does it where the server says
 * to the login itself, which got in and was named, that it may not; whatever kept it from getting in is no such word.
 */
async function change(reach: Reach, plan: RotatePlan, from: CurrentSecret, password: string): Promise<SetReport> {
  const { own, ...changed } = await asItself(reach, from, async (session) => ({
    logins: [from.username],
    ...placeOf(await session.whoAmI()),
    own: await session.changeOwnPassword({ password }).catch((error) => {
      if (plan.adminSecretArn && mayNot(error)) return undefined;
      throw error;
    }),
  }));
  if (own) return { alreadySet: false, by: "the user itself", ...changed, ...own };
  const { admin } = await readWithAdmin(reach, plan);
  const report = await asAdmin(reach, admin, (session) => session.setPassword({ username: from.username, password }));
  return { alreadySet: false, by: "the admin", ...changed, admin: named(admin), ...report };
}
