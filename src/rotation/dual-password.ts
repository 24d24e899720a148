import { KeyturnError } from "../errors.js";
import { readCurrent, readWithAdmin } from "./credentials.js";
import { asItself, currentRejected, inSession, logsIn } from "./logins.js";
import type { Strategy } from "./strategy.js";

/** One user with two passwords: the new one is added beside the current one, so there is no moment without a way in. */
export const dualPassword: Strategy = {
  async prepare(reach, plan) {
    const secret = await readCurrent(reach, plan);
    return { secret, username: secret.username };
  },

  async apply(reach, plan, { pending, again }) {
    if (again && (await logsIn(reach, pending))) return { alreadySet: true, by: "the user itself" };
    const { username, password } = pending;
    if (!plan.adminSecretArn) {
      const current = await readCurrent(reach, plan);
      try {
        const report = await asItself(reach, current, (session) =>
          added(session.addPassword)({ username, password, current: current.password }),
        );
        return { alreadySet: false, by: "the user itself", ...report };
      } catch (error) {
        throw currentRejected(current, error);
      }
    }
    const { secret, admin } = await readWithAdmin(reach, plan);
    // Proves that the current password is the one that is kept, and that the secret may speak for this user.
    await asItself(reach, secret, async () => undefined).catch((error) => {
      throw currentRejected(secret, error);
    });
    const report = await inSession(reach, admin, (session) =>
      added(session.addPassword)({ username, password, current: secret.password }),
    );
    return { alreadySet: false, by: "the admin", ...report };
  },

  /** The current password is never taken away: where it is refused, someone else did that. */
  async restore() {
    return undefined;
  },
};

function added<Method>(method: Method | undefined): Method {
  if (method) return method;
  throw new KeyturnError("InternalError", {
    code: "NoDualPassword",
    message: "The engine says that it has dual passwords, and does not.",
  });
}
