import type { Session } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import type { DatabaseSecret } from "../secrets/format.js";
import type { Reach } from "./ports.js";

/** Does something in a session that is closed afterwards, whatever happens. */
export async function inSession<Result>(
  reach: Reach,
  secret: DatabaseSecret,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await reach.databases.login(secret);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Logs in as the secret says and makes sure that it is this login that was authenticated. */
export function asItself<Result>(
  reach: Reach,
  secret: DatabaseSecret,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return inSession(reach, secret, async (session) => {
    const { login } = await session.whoAmI();
    if (login !== secret.username) {
      throw new KeyturnError("ConflictError", {
        code: "OtherLogin",
        message: `The server took the credential of ${JSON.stringify(secret.username)} for the login ${JSON.stringify(login)}.`,
      });
    }
    return work(session);
  });
}

/** Whether the credential gets in. Throws for everything but a yes or a no: a server that is away says neither. */
export async function logsIn(reach: Reach, secret: DatabaseSecret): Promise<boolean> {
  try {
    await asItself(reach, secret, async () => undefined);
    return true;
  } catch (error) {
    if (isRejected(error)) return false;
    throw error;
  }
}

export function isRejected(error: unknown): boolean {
  return error instanceof KeyturnError && error.name === "CredentialRejectedError";
}

/** The server refused the credential it should know. Says what a person can do about it. */
export function currentRejected(secret: DatabaseSecret, cause: unknown): unknown {
  if (!isRejected(cause)) return cause;
  const { cause: clean } = cause as KeyturnError;
  return new KeyturnError("CredentialRejectedError", {
    code: "CurrentRejected",
    message:
      `The server refuses the credential under AWSCURRENT for the user ${JSON.stringify(secret.username)}: someone changed ` +
      "it in the database or in the secret. Put the password that is valid into the secret, then start the rotation again.",
    ...(clean ? { cause: clean } : {}),
  });
}
