import type { SecretDescription } from "../rotation/ports.js";
import { isNative, NEVER_BY_ITSELF_DAYS, rotationFunctionOf } from "../rotation/rotation-function.js";
import type { NativeRules, Owner } from "./owner.js";
import { conflict, refuseUnderWay } from "./refusals.js";

export interface Adoption {
  /** Name or ARN. */
  readonly secretId: string;
  readonly stage: string;
  /** A schedule of keyturn.yml. */
  readonly schedule: string;
  /** Whether Secrets Manager's schedule goes on to count, with Keyturn's rotation function in the other's place. */
  readonly native: boolean;
}

const STAGE = "keyturn:stage";
const SCHEDULE = "keyturn:schedule";
/** The function to go back to: Secrets Manager remembers one only. */
const FROM = "keyturn:adopted-from";
const OURS = [STAGE, SCHEDULE, FROM];

/**
 * Takes over a secret that another function rotates, and rotates nothing. All that a rotation needs is looked at first, by a
 * dry run, and once more afterwards; where anything is wrong, all is as it was, and the error says what is to be done.
 * Gives the function that rotated it.
 */
export async function adopt(owner: Owner, { secretId, stage, schedule, native }: Adoption): Promise<{ from: string }> {
  const secret = await owner.describe(secretId);
  const { arn, rotationFunction: from } = secret;
  if (isNative(secret, { stage }))
    throw conflict("AdoptedAlready", "Secrets Manager rotates the secret by Keyturn's function already.");
  if (!secret.rotationEnabled && secret.tags[STAGE]?.trim() === stage && secret.tags[SCHEDULE])
    throw conflict(
      "AdoptedAlready",
      `The secret is in Keyturn's hands already, on the schedule ${secret.tags[SCHEDULE]}. To move it, change the tag ${SCHEDULE}.`,
    );
  if (!secret.rotationEnabled || !from)
    throw conflict(
      "NotRotated",
      `No function rotates the secret. Tag it ${STAGE} and ${SCHEDULE}: that is all it takes.`,
    );
  refuseUnderWay(secret);
  await owner.tag(arn, { [STAGE]: stage, [SCHEDULE]: schedule, [FROM]: from });
  let switched = false;
  try {
    await mustPass(owner, arn, stage, ["NativeRotationOn"]);
    switched = true;
    await (native ? owner.rotateBy(arn, rotationFunctionOf(arn, { stage })) : owner.rotateNoMore(arn));
    await mustPass(owner, arn, stage, []);
  } catch (error) {
    try {
      if (switched) await owner.rotateBy(arn, from);
    } finally {
      // Without its own function and with the tags it would be Keyturn's.
      await restoreTags(owner, secret);
    }
    throw error;
  }
  return { from };
}

/**
 * Gives a secret back to the function that rotated it, or to another, `to`; rotates nothing. Its schedule is by `rules`, absent
 * the one that Secrets Manager remembers; throws `NoSchedule` where that is none. Other tags of Keyturn's stay, for the next time.
 */
export async function leave(
  owner: Owner,
  {
    secretId,
    stage,
    to,
    rules,
  }: { readonly secretId: string; readonly stage: string; readonly to?: string; readonly rules?: NativeRules },
): Promise<{ to: string }> {
  const secret = await owner.describe(secretId);
  // What Secrets Manager remembers, only who may have it rotated has said; the tag, whoever may tag it.
  const isKeyturns = secret.rotationFunction === rotationFunctionOf(secret.arn, { stage });
  const remembered = isKeyturns ? undefined : secret.rotationFunction;
  const functionArn = to ?? remembered ?? secret.tags[FROM];
  if (!functionArn)
    throw conflict(
      "NotAdopted",
      `No function rotated the secret, as far as it shows. Say which function is to rotate it, by its ARN.`,
    );
  if (isKeyturns && secret.rotationDays === NEVER_BY_ITSELF_DAYS && !rules)
    throw conflict(
      "NoSchedule",
      "Secrets Manager was told to leave the schedule to Keyturn, and remembers no other. Say on which schedule the function is to rotate it.",
    );
  refuseUnderWay(secret);
  // First, so that at no time two may rotate it.
  await owner.untag(secret.arn, OURS);
  try {
    await owner.rotateBy(secret.arn, functionArn, rules);
  } catch (error) {
    await restoreTags(owner, secret);
    throw error;
  }
  return { to: functionArn };
}

async function mustPass(owner: Owner, arn: string, stage: string, expected: readonly string[]): Promise<void> {
  const checks = await owner.check(arn, stage);
  const wrong = checks.filter(({ ok, code = "" }) => !ok && !expected.includes(code));
  if (wrong.length === 0) return;
  const said = [...new Set(wrong.map(({ code, message }) => `${code}: ${message}`))];
  throw conflict("WouldFail", `A rotation would fail, so all is as it was. ${said.join(" ")}`);
}

async function restoreTags(owner: Owner, { arn, tags }: SecretDescription): Promise<void> {
  const had = Object.entries(tags).filter(([key]) => OURS.includes(key));
  if (had.length > 0) await owner.tag(arn, Object.fromEntries(had));
  const added = OURS.filter((key) => !(key in tags));
  if (added.length > 0) await owner.untag(arn, added);
}
