import type { Pair } from "../../engines/engine.js";
import { withCredential } from "../../secrets/format.js";
import { generatePassword } from "../../secrets/password.js";
import { type CurrentSecret, currentMoved, readBoth, readCurrent, readLeft, readStored } from "../credentials.js";
import { asItself, currentRejected, logsIn } from "../logins.js";
import { checkUser, foreignPending, storedBefore } from "../pending.js";
import type { RotatePlan } from "../plans.js";
import type { Reach } from "../ports.js";
import { runProbes } from "../probes.js";
import { acceptedByReaders } from "../readers.js";
import { strategyOf } from "../strategies/registry.js";
import type { SetReport } from "../strategies/strategy.js";
import { readRestored } from "./read-restored.js";
import { unlessSilent } from "./silence.js";

/** What a phase works on. `attempt` counts from 0. */
export interface PhaseInput {
  readonly plan: RotatePlan;
  readonly attempt: number;
}

/** What is to be stored, in identifiers only: what Create finds out where another function stores it. */
export interface PrepareReport {
  /** Whose password the next version holds. */
  readonly username: string;
  readonly pair?: Pair;
}

export interface CreateReport {
  /** False where the version was there already. */
  readonly created: boolean;
  readonly pair?: Pair;
  /** AWSCURRENT's version, where Create logged in with it because of what a rotation had left. */
  readonly provenVersionId?: string;
}

/**
 * Stores the new credential as AWSPENDING, so that it is durable before the database hears of it. Called again it keeps the
 * credential that it stored. It is always a new one: whoever may write the secret could otherwise choose the password, by a
 * version that he has left.
 */
export async function createSecret(reached: Reach, { plan, attempt }: PhaseInput): Promise<CreateReport> {
  const reach = unlessSilent(reached, { plan, attempt });
  const { secret, username, pair } = await strategyOf(plan).prepare(reach, plan);
  const proven = plan.leftVersionId && (await lookAtLeft(reach, plan, secret)) ? plan.currentVersionId : undefined;
  const found = { ...(pair ? { pair } : {}), ...(proven ? { provenVersionId: proven } : {}) };
  const stored = async (): Promise<boolean> => {
    const pending = await readStored(reach, plan, secret);
    if (pending) checkUser(plan.versionId, pending.username, username);
    return pending !== undefined;
  };
  if (attempt > 0 && (await stored())) return { created: false, ...found };
  const next = await nextVersion(reach, plan, secret, username);
  // Nobody knows the id beforehand; what stands there before the first try is somebody else's all the same.
  if ((await reach.secrets.putPending(plan.secretArn, plan.versionId, next)) === "taken") {
    if (attempt === 0 || !(await stored())) throw foreignPending(plan.versionId);
    return { created: false, ...found };
  }
  return { created: true, ...found };
}

/** All of Create but the storing: where Secrets Manager rotates, too, it takes the new version from its own function alone. */
export async function prepareSecret(reach: Reach, { plan, attempt }: PhaseInput): Promise<PrepareReport> {
  const { username, pair } = await strategyOf(plan).prepare(unlessSilent(reach, { plan, attempt }), plan);
  return { username, ...(pair ? { pair } : {}) };
}

/**
 * Stores the new credential in the version that Secrets Manager's own rotation made for it. Everybody who may look at the
 * secret knows that version: what stands there is never believed to be ours, even when called again (`StoredBefore`).
 */
export async function storeSecret(
  reach: Reach,
  { plan, prepared: { username, pair } }: Pick<PhaseInput, "plan"> & { readonly prepared: PrepareReport },
): Promise<CreateReport> {
  const secret = await readCurrent(reach, plan);
  const next = await nextVersion(reach, plan, secret, username);
  if ((await reach.secrets.putPending(plan.secretArn, plan.versionId, next)) === "taken")
    throw storedBefore(plan.versionId);
  return { created: true, ...(pair ? { pair } : {}) };
}

/** The next version's value: AWSCURRENT with another credential, a new one unless the plan brings one back. */
async function nextVersion(reach: Reach, plan: RotatePlan, secret: CurrentSecret, username: string): Promise<string> {
  if (plan.restores) return withCredential(secret, await readRestored(reach, plan, secret, username));
  const password = generatePassword(plan.password, reach.databases.engine(secret.engine).traits);
  return withCredential(secret, { username, password });
}

/** Whether AWSCURRENT is the way in, proven by a login. Where the database lets in neither, another version would push one out that a person may need. */
async function lookAtLeft(reach: Reach, plan: RotatePlan, secret: CurrentSecret): Promise<boolean> {
  const left = await readLeft(reach, plan, secret);
  if (left && (await logsIn(reach, left, secret))) return false;
  await asItself(reach, secret, async () => undefined).catch((error) => {
    throw currentRejected(secret, error);
  });
  return true;
}

/** Changes the database. Called again it finds the new credential valid and changes nothing. */
export async function setSecret(
  reach: Reach,
  { plan, attempt, pair }: PhaseInput & { pair?: Pair },
): Promise<SetReport> {
  return strategyOf(plan).apply(unlessSilent(reach, { plan, attempt, isSet: true }), plan, {
    again: attempt > 0 || plan.resumed,
    ...(pair ? { pair } : {}),
  });
}

/**
 * Logs in anew with the credential that is stored, where AWSCURRENT says, runs the secret's own probes, and logs in at its
 * readers. Changes nothing.
 */
export async function testSecret(reach: Reach, { plan }: PhaseInput): Promise<{ probes: number; readers: number }> {
  const { pending } = await readBoth(reach, plan);
  await asItself(reach, pending, (session) => runProbes(session, plan.probes));
  await acceptedByReaders(reach, plan, pending);
  return { probes: plan.probes.length, readers: plan.readers.length };
}

/**
 * Moves AWSCURRENT from the version that Plan saw to the new one, a compare-and-swap, and takes off what an earlier
 * rotation kept for a person. Called again it changes nothing.
 */
export async function finishSecret(reach: Reach, { plan }: PhaseInput): Promise<{ moved: boolean }> {
  const { moved } = await reach.secrets.moveCurrent(plan.secretArn, {
    from: plan.currentVersionId,
    to: plan.versionId,
  });
  if (!moved) await refuseOther(reach, plan);
  for (const { label, versionId } of plan.kept) await reach.secrets.drop(plan.secretArn, label, versionId);
  return { moved };
}

async function refuseOther(reach: Reach, plan: RotatePlan): Promise<void> {
  const { versions } = await reach.secrets.describe(plan.secretArn);
  if (versions[plan.versionId]?.includes("AWSCURRENT")) return;
  throw currentMoved();
}
