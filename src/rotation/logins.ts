import type { Session, Who } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import type { Admin } from "./admins.js";
import type { Access, Reach as Whole } from "./ports.js";

/** What it takes to log in. */
type Reach = Pick<Whole, "databases">;

/** Does something in a session that is closed afterwards, whatever happens. */
export async function inSession<Result>(
  reach: Reach,
  access: Access,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  const session = await reach.databases.login(access);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}

/** Logs in as the secret says and makes sure that it is this login that was authenticated. */
export function asItself<Result>(
  reach: Reach,
  access: Access,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return inSession(reach, access, async (session) => {
    const { login } = await session.whoAmI();
    if (login !== access.username) {
      throw new KeyturnError("ConflictError", {
        code: "OtherLogin",
        message: `The server took the credential of ${JSON.stringify(access.username)} for the login ${JSON.stringify(login)}.`,
      });
    }
    return work(session);
  });
}

/**
 * Does something as the admin, about a login that was proven before: its own credential got in on this very server, and the
 * server named it. Throws `SuperuserAdmin`, before anything is done, for one that may do everything and is not accepted as
 * such.
 */
export function asAdmin<Result>(
  reach: Reach,
  { access, mayBeSuperuser }: Admin,
  work: (session: Session) => Promise<Result>,
): Promise<Result> {
  return asItself(reach, access, async (session) => {
    if (!mayBeSuperuser && (await session.isSuperuser())) throw superuser(access);
    return work(session);
  });
}

function superuser({ username }: Access): KeyturnError {
  return new KeyturnError("AccessDeniedError", {
    code: "SuperuserAdmin",
    message:
      `The server lets the admin ${JSON.stringify(username)} do everything, so whatever misleads Keyturn may do it too. Give ` +
      "the admin secret a login with the rights that docs/engines names and no more; or accept this one by its ARN in " +
      "keyturn.yml (admins: superuser: true).",
  });
}

/**
 * Whether the credential gets in. Throws for everything but a yes or a no: a server that is away says neither, nor does one
 * that has locked the login. `inUse`: the login that applications have. The other of its pair a retirement bars, which some
 * servers (Oracle) say before they look at the password: then that is a no.
 */
export async function logsIn(reach: Reach, access: Access, inUse: Pick<Access, "username"> = access): Promise<boolean> {
  return (await whoGetsIn(reach, access, inUse)) !== undefined;
}

/** The same, with what the server said of the login; `undefined` is a no. */
export async function whoGetsIn(
  reach: Reach,
  access: Access,
  inUse: Pick<Access, "username"> = access,
): Promise<Who | undefined> {
  try {
    return await asItself(reach, access, (session) => session.whoAmI());
  } catch (error) {
    if (isRejected(error) || (access.username !== inUse.username && isLocked(error))) return undefined;
    throw error;
  }
}

/** For the report of what was changed. */
export function placeOf({ keptIn }: Pick<Who, "keptIn">): Pick<Who, "keptIn"> {
  return keptIn === undefined ? {} : { keptIn };
}

function isLocked(error: unknown): boolean {
  return error instanceof KeyturnError && error.code === "AccountLocked";
}

export function isRejected(error: unknown): boolean {
  return error instanceof KeyturnError && error.name === "CredentialRejectedError";
}

/** Whether a session was told that its login may not do what it asked for. */
export function mayNot(error: unknown): boolean {
  return error instanceof KeyturnError && error.name === "AccessDeniedError";
}

/** The server refused the credential it should know. Says what a person can do about it. */
export function currentRejected({ username }: Access, cause: unknown): unknown {
  if (!isRejected(cause)) return cause;
  const { cause: clean } = cause as KeyturnError;
  return new KeyturnError("CredentialRejectedError", {
    code: "CurrentRejected",
    message:
      `The server refuses the credential under AWSCURRENT for the user ${JSON.stringify(username)}: someone changed ` +
      "it in the database or in the secret. Put the password that is valid into the secret, then start the rotation again.",
    ...(clean ? { cause: clean } : {}),
  });
}
