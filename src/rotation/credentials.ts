import { KeyturnError } from "../errors.js";
import { type DatabaseSecret, parseSecret } from "../secrets/format.js";
import type { RotatePlan } from "./plan.js";
import type { Reach, StoredVersion } from "./ports.js";

/** What a plan must name for its credentials to be found. */
type CredentialPlan = Pick<RotatePlan, "secretArn" | "secretName" | "currentVersionId" | "adminSecretArn">;

/** The secret as Plan saw it. Throws `CurrentMoved` when AWSCURRENT is on another version since. */
export async function readCurrent(reach: Reach, plan: CredentialPlan): Promise<DatabaseSecret> {
  return current(plan, await reach.secrets.current(plan.secretArn));
}

/** The secret and its admin's, in one call. */
export async function readWithAdmin(
  reach: Reach,
  plan: CredentialPlan,
): Promise<{ secret: DatabaseSecret; admin: DatabaseSecret }> {
  const adminArn = plan.adminSecretArn;
  if (!adminArn)
    throw new KeyturnError("InternalError", { code: "NoAdmin", message: "The plan names no admin secret." });
  const [own, admins] = await reach.secrets.currentOf([plan.secretArn, adminArn]);
  const secret = current(plan, own as StoredVersion);
  return { secret, admin: await readAdmin(reach, admins as StoredVersion, secret) };
}

/** The version under way; `undefined` when nothing was stored yet. */
export async function readPending(reach: Reach, plan: RotatePlan): Promise<DatabaseSecret | undefined> {
  const pending = await reach.secrets.version(plan.secretArn, plan.versionId);
  return pending && parseSecret(pending.text, `secret ${plan.secretName} (AWSPENDING)`);
}

/** As `readPending`, for phases that come after the one that stores it. */
export async function requirePending(reach: Reach, plan: RotatePlan): Promise<DatabaseSecret> {
  const pending = await readPending(reach, plan);
  if (pending) return pending;
  throw new KeyturnError("ConflictError", {
    code: "PendingGone",
    message: `The version ${plan.versionId} is gone: someone else took it away. Start the rotation again.`,
  });
}

function current(plan: CredentialPlan, stored: StoredVersion): DatabaseSecret {
  if (stored.versionId !== plan.currentVersionId) {
    throw new KeyturnError("ConflictError", {
      code: "CurrentMoved",
      message: "AWSCURRENT was moved to another version while the rotation was under way. Start the rotation again.",
    });
  }
  return parseSecret(stored.text, `secret ${plan.secretName} (AWSCURRENT)`);
}

/**
 * The admin must be of the very server that the secret names: whoever may write the secret could otherwise send the
 * admin's password anywhere.
 */
async function readAdmin(reach: Reach, stored: StoredVersion, secret: DatabaseSecret): Promise<DatabaseSecret> {
  const admin = parseSecret(await completed(reach, stored), "admin secret (masterarn)");
  const other = differentServer(reach, admin, secret);
  if (other) {
    throw new KeyturnError("InvalidSecretError", {
      code: "AdminMismatch",
      message: `"${other}" differs between the secret and its admin secret. Both must name the same server in the same words.`,
    });
  }
  return { ...admin, database: secret.database };
}

/** The key by which two secrets name different servers; `undefined` where it is the same one. */
export function differentServer(
  reach: Reach,
  one: DatabaseSecret,
  two: DatabaseSecret,
): "engine" | "host" | "port" | undefined {
  const same = {
    engine: engineOf(reach, one.engine) === engineOf(reach, two.engine),
    host: one.host.toLowerCase() === two.host.toLowerCase(),
    port: portOf(reach, one) === portOf(reach, two),
  };
  return (["engine", "host", "port"] as const).find((key) => !same[key]);
}

/** An admin secret that AWS manages holds a user name and a password; the rest is known by the secret's tags. */
async function completed(reach: Reach, { secretArn, text }: StoredVersion): Promise<string | undefined> {
  const fields = managedFields(text);
  if (!fields) return text;
  const { tags } = await reach.secrets.describe(secretArn);
  return JSON.stringify({ ...(await reach.servers.ofTags(tags)), ...fields });
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

function engineOf(reach: Reach, engine: string): string {
  return reach.databases.engine(engine).name;
}

function portOf(reach: Reach, { engine, port }: DatabaseSecret): number {
  return port ?? reach.databases.engine(engine).traits.defaultPort;
}
