import type { PasswordReport, Session } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import type { DatabaseSecret } from "../secrets/format.js";
import { readCurrent, readWithAdmin } from "./credentials.js";
import { asItself, currentRejected, inSession, logsIn } from "./logins.js";
import type { Reach } from "./ports.js";
import { foreignPrevious, openSessions } from "./previous.js";
import { rehearseByEither } from "./rehearsal.js";
import type { SetReport, Strategy } from "./strategy.js";

/** One user with two passwords: the new one is added beside the current one, so there is no moment without a way in. */
export const dualPassword: Strategy = {
  async prepare(reach, plan) {
    const secret = await readCurrent(reach, plan);
    return { secret, username: secret.username };
  },

  async apply(reach, plan, { pending, again }) {
    if (again && (await logsIn(reach, pending))) return { alreadySet: true, by: "the user itself" };
    const { username, password } = pending;
    return change(reach, plan, (session, current) =>
      added(session.addPassword)({ username, password, current: current.password }),
    );
  },

  rehearse: (reach, plan) =>
    rehearseByEither(reach, plan, (username) => ({
      own: { kind: "second password", username },
      admin: { kind: "second password", username },
    })),

  /** The current password is never taken away: where it is refused, someone else did that. */
  async restore() {
    return undefined;
  },

  /** Some engines would forget the older of the two after a time. */
  async giveUp(reach, plan, { current, pending }) {
    if (pending.username !== current.username || !(await logsIn(reach, pending))) return undefined;
    try {
      const { by } = await change(reach, plan, async (session, { username, password }) => {
        await session.retire({ username, keep: { password, newest: false } });
        return {};
      });
      return `The password under AWSPENDING was made useless, by ${by}.`;
    } catch (error) {
      if (error instanceof KeyturnError && !error.retryable)
        return `The password under AWSPENDING is still valid beside it (${error.code}).`;
      throw error;
    }
  },

  async retire(reach, target, { current, previous }) {
    if (previous.username !== current.username) throw foreignPrevious("username");
    if (previous.password === current.password) throw foreignPrevious("password");
    let sessions: { sessions?: number } = {};
    const { by } = await change(reach, target, async (session, { username, password }) => {
      sessions = await openSessions(session, username);
      await session.retire({ username, keep: { password, newest: target.newest } });
      return {};
    });
    return { ...sessions, by };
  },
};

/** Does something as the admin where the secret names one, else as the user itself. */
async function change(
  reach: Reach,
  plan: Parameters<typeof readWithAdmin>[1],
  work: (session: Session, current: DatabaseSecret) => Promise<Partial<PasswordReport>>,
): Promise<SetReport> {
  if (!plan.adminSecretArn) {
    const current = await readCurrent(reach, plan);
    const report = await asItself(reach, current, (session) => work(session, current)).catch((error) => {
      throw currentRejected(current, error);
    });
    return { alreadySet: false, by: "the user itself", ...report };
  }
  const { secret, admin } = await readWithAdmin(reach, plan);
  // Proves that the current password is the one that is kept, and that the secret may speak for this user.
  await asItself(reach, secret, async () => undefined).catch((error) => {
    throw currentRejected(secret, error);
  });
  const report = await inSession(reach, admin, (session) => work(session, secret));
  return { alreadySet: false, by: "the admin", ...report };
}

function added<Method>(method: Method | undefined): Method {
  if (method) return method;
  throw new KeyturnError("InternalError", {
    code: "NoDualPassword",
    message: "The engine says that it has dual passwords, and does not.",
  });
}
