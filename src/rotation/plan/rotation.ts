import { KeyturnError } from "../../errors.js";
import { type DatabaseSecret, parseSecret } from "../../secrets/format.js";
import { generatePassword } from "../../secrets/password.js";
import { checkAdminAccount } from "../accounts.js";
import { checkOffered } from "../admins.js";
import { type Claimed, serverOf } from "../claims.js";
import { checkConsumers } from "../consumers.js";
import { keptIn } from "../kept-labels.js";
import type { PlanBase, RotatePlan } from "../plans.js";
import type { Reach, SecretDescription } from "../ports.js";
import { checkReaders } from "../readers.js";
import { isNative } from "../rotation-function.js";
import { mayAskFor } from "../rules.js";
import type { SecretSettings } from "../settings.js";
import { judgePending } from "./judge-pending.js";
import { strategyFor } from "./policies.js";

/** What differs between a rotation, which stops at the first thing that is wrong, and a dry run, which goes on. */
interface Verification {
  verify(
    check: "PasswordPolicy" | "UserName" | "LoginUnclaimed" | "AdminOffered" | "ReadersAllowed" | "ConsumersAllowed",
    work: () => unknown,
  ): Promise<void>;
  claim(claimed: Claimed): Promise<void>;
}

/** For a recovery, which looks after what has begun. */
export const UNCHECKED: Verification = { verify: async () => undefined, claim: async () => undefined };

/** How the secret is to be rotated, to a version of this id. Throws a final error where it cannot be at all. */
export async function planRotation(
  reach: Reach,
  description: SecretDescription,
  settings: SecretSettings,
  ownVersionId: string,
  { verify, claim }: Verification,
): Promise<Omit<RotatePlan, keyof PlanBase> & Pick<PlanBase, "reason" | "message">> {
  const current = await reach.secrets.current(description.arn);
  const secret = parseSecret(current.text, `secret ${description.name} (AWSCURRENT)`);
  const engine = reach.databases.engine(secret.engine);
  const strategy = strategyFor(secret, description, settings, engine.traits);
  await verify("PasswordPolicy", () => generatePassword(settings.password, engine.traits));
  await verify("UserName", () => checkUsername(secret, engine.traits));
  const server = serverOf(secret, engine);
  await verify("LoginUnclaimed", () =>
    claim({ server, database: secret.database, username: secret.username, engine, strategy }),
  );
  const { adminSecretArn } = secret;
  if (adminSecretArn) {
    const offered = async () => {
      checkAdminAccount(description.arn, adminSecretArn, reach.rules);
      checkOffered(await reach.secrets.describe(adminSecretArn), description.name, reach.rules);
    };
    await verify("AdminOffered", offered);
  }
  if (settings.readers.length > 0) await verify("ReadersAllowed", () => checkReaders(settings.readers, reach.rules));
  if (settings.consumers) await verify("ConsumersAllowed", () => checkConsumers(description, settings, reach.rules));
  const pending = await judgePending(reach, description, {
    versionId: ownVersionId,
    currentVersionId: current.versionId,
    secret,
    strategy,
    native: isNative(description, reach.rules),
  });
  return {
    decision: "rotate",
    reason: pending.reason,
    message: pending.message,
    engine: engine.name,
    strategy,
    grants: settings.grants,
    versionId: pending.versionId,
    ...(pending.native ? { native: pending.native } : {}),
    currentVersionId: current.versionId,
    resumed: pending.resumed,
    ...(pending.leftVersionId ? { leftVersionId: pending.leftVersionId } : { backVersionId: current.versionId }),
    replicas: description.replicas > 0,
    ...(adminSecretArn ? { adminSecretArn } : {}),
    ...mayAskFor(reach.rules, settings.schedule),
    server,
    kept: keptIn(description.versions),
    probes: settings.probes,
    readers: settings.readers,
    password: settings.password,
  };
}

function checkUsername(
  secret: DatabaseSecret,
  { username }: { username: { max: number; unit: "bytes" | "characters" } },
): void {
  const length = username.unit === "bytes" ? Buffer.byteLength(secret.username) : [...secret.username].length;
  if (length > username.max) {
    throw new KeyturnError("InvalidSecretError", {
      code: "UsernameTooLong",
      message: `The user name is ${length} ${username.unit} long; the database takes ${username.max}.`,
    });
  }
}
