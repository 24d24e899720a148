import type { Pair } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import { withCredential } from "../secrets/format.js";
import { generatePassword } from "../secrets/password.js";
import { readPending, requirePending } from "./credentials.js";
import { asItself } from "./logins.js";
import type { RotatePlan } from "./plan.js";
import type { Reach } from "./ports.js";
import { acceptedByReaders } from "./readers.js";
import { type SetReport, strategyOf } from "./strategy.js";

/** What a phase works on. `attempt` counts from 0. */
export interface PhaseInput {
  readonly plan: RotatePlan;
  readonly attempt: number;
}

export interface CreateReport {
  /** False where the version was there already. */
  readonly created: boolean;
  readonly pair?: Pair;
}

/**
 * Stores the new credential as AWSPENDING, so that it is durable before the database hears of it. Called again, or on a
 * version that an earlier rotation left, it keeps the credential that is there.
 */
export async function createSecret(reach: Reach, { plan, attempt }: PhaseInput): Promise<CreateReport> {
  const { secret, username, pair } = await strategyOf(plan).prepare(reach, plan);
  const names = pair ? { pair } : {};
  const left = attempt > 0 || plan.resumed ? await readPending(reach, plan) : undefined;
  if (left) {
    checkUser(left.username, username);
    return { created: false, ...names };
  }
  const password =
    (await stalePassword(reach, plan)) ?? generatePassword(plan.password, reach.databases.engine(secret.engine).traits);
  const stored = await reach.secrets.putPending(
    plan.secretArn,
    plan.versionId,
    withCredential(secret, { username, password }),
  );
  if (stored === "taken") checkUser((await requirePending(reach, plan)).username, username);
  return { created: stored === "stored", ...names };
}

/** Changes the database. Called again it finds the new credential valid and changes nothing. */
export async function setSecret(
  reach: Reach,
  { plan, attempt, pair }: PhaseInput & { pair?: Pair },
): Promise<SetReport> {
  const pending = await requirePending(reach, plan);
  return strategyOf(plan).apply(reach, plan, {
    pending,
    again: attempt > 0 || plan.resumed,
    ...(pair ? { pair } : {}),
  });
}

/** Logs in anew with exactly what is stored, runs the secret's own probes, and logs in at its readers. Changes nothing. */
export async function testSecret(reach: Reach, { plan }: PhaseInput): Promise<{ probes: number; readers: number }> {
  const pending = await requirePending(reach, plan);
  await asItself(reach, pending, (session) =>
    plan.probes.length > 0 ? session.probe(plan.probes) : Promise.resolve(),
  );
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
  throw new KeyturnError("ConflictError", {
    code: "CurrentMoved",
    message: "AWSCURRENT was moved to another version while the rotation was under way. Start the rotation again.",
  });
}

/** Throws `ForeignPending` where a version that was left is not for the user that is next. */
export function checkUser(found: string, expected: string): void {
  if (found === expected) return;
  throw new KeyturnError("ConflictError", {
    code: "ForeignPending",
    message:
      `AWSPENDING holds a credential for the user ${JSON.stringify(found)}, where ${JSON.stringify(expected)} is next. ` +
      "Take the label off that version and start the rotation again.",
  });
}

async function stalePassword(reach: Reach, plan: RotatePlan): Promise<string | undefined> {
  if (!plan.staleVersionId) return undefined;
  return (await readPending(reach, { ...plan, versionId: plan.staleVersionId }))?.password;
}
