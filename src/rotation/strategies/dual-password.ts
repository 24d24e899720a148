import type { PasswordReport, Session } from "../../engines/engine.js";
import { KeyturnError } from "../../errors.js";
import { type Admin, named } from "../admins.js";
import { type CurrentSecret, readCurrent, readWithAdmin, withPending } from "../credentials.js";
import { asAdmin, asItself, currentRejected, logsIn } from "../logins.js";
import type { CredentialPlan } from "../plans.js";
import type { Reach } from "../ports.js";
import { foreignPrevious, openSessions } from "./previous.js";
import { rehearseByEither } from "./rehearsal.js";
import type { SetReport, Strategy } from "./strategy.js";

/** One user with two passwords: the new one is added beside the current one, so there is no moment without a way in. */
export const dualPassword: Strategy = {
  async prepare(reach, plan) {
    const secret = await readCurrent(reach, plan);
    return { secret, username: secret.username };
  },

  async apply(reach, plan, { again }) {
    const { secret, admin, pending } = await withPending(reach, plan, whoChanges(reach, plan));
    const { password } = pending;
    if (again && (await logsIn(reach, pending)))
      return { alreadySet: true, by: "the user itself", logins: [secret.username] };
    return change(reach, { secret, admin }, (session) =>
      added(session.addPassword)({ username: secret.username, password, current: secret.password }),
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
  async giveUp(reach, plan, { pending }) {
    if (!(await logsIn(reach, pending))) return undefined;
    try {
      const { by } = await change(reach, await whoChanges(reach, plan), async (session, { username, password }) => {
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
    const { by } = await change(reach, await whoChanges(reach, target), async (session, { username, password }) => {
      sessions = await openSessions(session, username);
      await session.retire({ username, keep: { password, newest: target.newest } });
      return {};
    });
    return { ...sessions, by };
  },
};

interface Changer {
  readonly secret: CurrentSecret;
  /** Absent: the user itself. */
  readonly admin?: Admin | undefined;
}

/** The admin where the secret names one, else the user itself. */
async function whoChanges(reach: Reach, plan: CredentialPlan): Promise<Changer> {
  return plan.adminSecretArn ? readWithAdmin(reach, plan) : { secret: await readCurrent(reach, plan) };
}

/** The login as AWSCURRENT proves that its password is the one that is kept, and that the secret may speak for this user. */
async function change(
  reach: Reach,
  { secret, admin }: Changer,
  work: (session: Session, current: CurrentSecret) => Promise<Partial<PasswordReport>>,
): Promise<SetReport> {
  const logins = [secret.username];
  const asUser = <Result>(work: (session: Session) => Promise<Result>) =>
    asItself(reach, secret, work).catch((error) => {
      throw currentRejected(secret, error);
    });
  if (!admin) {
    const report = await asUser((session) => work(session, secret));
    return { alreadySet: false, by: "the user itself", logins, ...report };
  }
  await asUser(async () => undefined);
  const report = await asAdmin(reach, admin, (session) => work(session, secret));
  return { alreadySet: false, by: "the admin", logins, admin: named(admin), ...report };
}

function added<Method>(method: Method | undefined): Method {
  if (method) return method;
  throw new KeyturnError("InternalError", {
    code: "NoDualPassword",
    message: "The engine says that it has dual passwords, and does not.",
  });
}
