import { KeyturnError } from "../errors.js";
import { type DatabaseSecret, parseSecret, sameTarget } from "../secrets/format.js";
import { checkAdminAccount } from "./accounts.js";
import { type Admin, checkOffered, mayBeSuperuser } from "./admins.js";
import { checkNext, foreignPending, parsePending } from "./pending.js";
import type { CredentialPlan, RotatePlan } from "./plans.js";
import type { Access, Reach, StoredVersion } from "./ports.js";
import { differentServer } from "./same-server.js";

/** AWSCURRENT: it alone says where to log in. */
export type CurrentSecret = DatabaseSecret & Pick<Access, "mayAskFor">;

/** The secret as Plan saw it. Throws `CurrentMoved` when AWSCURRENT is on another version since. */
export async function readCurrent(reach: Reach, plan: CredentialPlan): Promise<CurrentSecret> {
  return current(plan, await reach.secrets.current(plan.secretArn));
}

/**
 * The secret and its admin's. Throws, before the admin logs in anywhere, where it is of another account (`AdminOfOtherAccount`),
 * its owner does not offer it to this secret (`AdminNotOffered`), or it is of another server than the secret names (`AdminMismatch`).
 */
export async function readWithAdmin(
  reach: Reach,
  plan: CredentialPlan,
): Promise<{ secret: CurrentSecret; admin: Admin }> {
  const adminArn = plan.adminSecretArn;
  if (!adminArn)
    throw new KeyturnError("InternalError", { code: "NoAdmin", message: "The plan names no admin secret." });
  checkAdminAccount(plan.secretArn, adminArn, reach.rules);
  const description = await reach.secrets.describe(adminArn);
  const [own, found] = (await reach.secrets.currentOf([plan.secretArn, description.arn])) as [
    StoredVersion,
    StoredVersion,
  ];
  checkOffered(description, own.secretName, reach.rules);
  const secret = current(plan, own);
  if (secret.adminSecretArn !== adminArn) throw currentMoved();
  const access = await adminAccess(reach, found, description.tags, secret);
  return {
    secret,
    admin: { secretArn: description.arn, access, mayBeSuperuser: mayBeSuperuser(description.arn, reach.rules) },
  };
}

/** A credential that is to become current, at AWSCURRENT's server. */
export interface Pending {
  readonly access: CurrentSecret;
  /** Whether its version says in all else what AWSCURRENT says, so that it may become current as it is. */
  readonly isWhole: boolean;
}

/**
 * The credential under way: a version is written by others too, and only its user name and password are taken. The one that
 * was left, where nothing was stored yet; `undefined` where there is none either. Throws `ForeignPending` for one that can
 * never be the next of this login, or was made for another server: AWSCURRENT may be moved by who does not know it.
 */
export async function readPending(
  reach: Reach,
  plan: RotatePlan,
  current: CurrentSecret,
  reading = readVersion(reach, plan),
): Promise<Pending | undefined> {
  const stored = await reading;
  if (!stored) {
    const access = await readLeft(reach, plan, current);
    return access && { access, isWhole: false };
  }
  const pending = parsePending(stored.text, plan.versionId);
  return { access: next(reach, plan, current, pending), isWhole: sameTarget(pending, current) };
}

/** The credential that was stored, whole. Throws `ForeignPending` for one that is not; `undefined` where nothing was yet. */
export async function readStored(
  reach: Reach,
  { leftVersionId: _, ...plan }: RotatePlan,
  current: CurrentSecret,
  reading = readVersion(reach, plan),
): Promise<CurrentSecret | undefined> {
  const pending = await readPending(reach, plan, current, reading);
  if (pending && !pending.isWhole) throw foreignPending(plan.versionId);
  return pending?.access;
}

/** AWSCURRENT and the credential that was stored. Throws as `readCurrent` and `readStored` do, and `PendingGone` for none. */
export function readBoth(
  reach: Reach,
  plan: RotatePlan,
): Promise<{ readonly secret: CurrentSecret; readonly pending: CurrentSecret }> {
  const reading = readCurrent(reach, plan).then((secret) => ({ secret }));
  return withPending(reach, plan, reading);
}

/** As `readBoth`, beside what is being read of AWSCURRENT: at the same time, because old logins may be refused meanwhile. */
export async function withPending<Known extends { readonly secret: CurrentSecret }>(
  reach: Reach,
  plan: RotatePlan,
  reading: Promise<Known>,
): Promise<Known & { readonly pending: CurrentSecret }> {
  const version = readVersion(reach, plan);
  const [known] = await Promise.all([reading, version]);
  const pending = await readStored(reach, plan, known.secret, version);
  if (pending) return { ...known, pending };
  throw new KeyturnError("ConflictError", {
    code: "PendingGone",
    message: `The version ${plan.versionId} is gone: someone else took it away. Start the rotation again.`,
  });
}

function readVersion(reach: Reach, plan: RotatePlan): Promise<StoredVersion | undefined> {
  return reach.secrets.version(plan.secretArn, plan.versionId);
}

/** The credential of the version that an earlier rotation left, where there is one. */
export async function readLeft(
  reach: Reach,
  plan: RotatePlan,
  current: CurrentSecret,
): Promise<CurrentSecret | undefined> {
  if (!plan.leftVersionId) return undefined;
  const stored = await reach.secrets.version(plan.secretArn, plan.leftVersionId);
  return stored && next(reach, plan, current, parsePending(stored.text, plan.leftVersionId));
}

function next(reach: Reach, plan: RotatePlan, current: CurrentSecret, pending: DatabaseSecret): CurrentSecret {
  const { username, password } = pending;
  if (differentServer(reach, pending, current)) throw foreignPending(plan.versionId);
  checkNext(reach, plan, current.username, username);
  return { ...current, username, password };
}

function current(plan: CredentialPlan, stored: StoredVersion): CurrentSecret {
  if (stored.versionId !== plan.currentVersionId) throw currentMoved();
  return currentOf(plan, stored);
}

/** AWSCURRENT as it was read, whichever version that is. */
export function currentOf(
  plan: Pick<CredentialPlan, "secretName" | "mayAskFor">,
  stored: StoredVersion,
): CurrentSecret {
  const secret = parseSecret(stored.text, `secret ${plan.secretName} (AWSCURRENT)`);
  return { ...secret, ...(plan.mayAskFor ? { mayAskFor: plan.mayAskFor } : {}) };
}

export function currentMoved(): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "CurrentMoved",
    message: "AWSCURRENT was moved to another version while the rotation was under way. Start the rotation again.",
  });
}

/** The admin enters its own database, unless its engine keeps rights or logins in each. */
async function adminAccess(
  reach: Reach,
  stored: StoredVersion,
  tags: Readonly<Record<string, string>>,
  secret: CurrentSecret,
): Promise<Access> {
  const admin = parseSecret(await completed(reach, stored, tags), "admin secret (masterarn)");
  const other = differentServer(reach, admin, secret);
  if (other) {
    throw new KeyturnError("InvalidSecretError", {
      code: "AdminMismatch",
      message: `"${other}" differs between the secret and its admin secret. Both must name the same server in the same words.`,
    });
  }
  const { adminEntersApplications } = reach.databases.engine(admin.engine).traits;
  return {
    ...admin,
    ...(adminEntersApplications ? { database: secret.database } : {}),
    ...(secret.mayAskFor ? { mayAskFor: secret.mayAskFor } : {}),
  };
}

/** An admin secret that AWS manages holds a user name and a password; the rest is known by the secret's tags. */
async function completed(
  reach: Reach,
  { secretArn, text }: StoredVersion,
  tags: Readonly<Record<string, string>>,
): Promise<string | undefined> {
  const fields = managedFields(text);
  return fields ? JSON.stringify({ ...(await reach.servers.ofTags(secretArn, tags)), ...fields }) : text;
}

function managedFields(text: string | undefined): object | undefined {
  try {
    const fields: unknown = JSON.parse(text ?? "");
    const isManaged = typeof fields === "object" && fields !== null && !("host" in fields) && !("engine" in fields);
    return isManaged && "username" in fields && "password" in fields ? fields : undefined;
  } catch {
    return undefined;
  }
}
