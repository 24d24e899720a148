import { KeyturnError } from "../../errors.js";
import { parseSecret } from "../../secrets/format.js";
import { type CurrentSecret, currentOf, type Pending, readPending } from "../credentials.js";
import { KEPT, keepBoth, keptIn } from "../kept-labels.js";
import { inSession, logsIn } from "../logins.js";
import type { RotatePlan } from "../plans.js";
import type { Reach, SecretDescription } from "../ports.js";
import { acceptedByReaders } from "../readers.js";
import { strategyOf } from "../strategies/registry.js";
import { SERVER_SILENT } from "./silence.js";

/** Where a rotation came to rest after a failure. */
export interface RollBackReport {
  readonly outcome: "failed" | "rolled back" | "rolled forward" | "needs attention";
  /** What was found and done, a sentence each. Names, versions and labels only. */
  readonly facts: readonly string[];
  readonly versionId?: string;
  readonly previousVersionId?: string;
  readonly engine?: string;
  readonly strategy?: string;
}

interface Failed {
  readonly phase: FailedPhase;
  /** Of what it failed. */
  readonly code: string | undefined;
}

/** The phase that failed, or `unknown` for an execution that ended where nobody saw it. */
export type FailedPhase = "create" | "replicate" | "set" | "test" | "finish" | "unknown";

/**
 * Brings secret and database to where AWSCURRENT logs in, and proves it by a login. Where the facts disagree it changes
 * nothing more, keeps both versions under labels of their own, and says what a person must look at. Called again it finds
 * what it did.
 */
export async function rollBack(
  reach: Reach,
  plan: RotatePlan,
  failed: FailedPhase,
  code?: string,
): Promise<RollBackReport> {
  const { versions } = await reach.secrets.describe(plan.secretArn);
  const report = await broughtToRest(reach, plan, { phase: failed, code }, versions);
  if (report.outcome === "needs attention") {
    const current = labelled(versions, "AWSCURRENT") ?? plan.currentVersionId;
    const underWay = versions[plan.versionId] ? plan.versionId : (plan.leftVersionId ?? plan.versionId);
    const pending = current === plan.versionId ? plan.currentVersionId : underWay;
    await keepBoth(reach, plan.secretArn, versions, { current, pending });
  } else {
    for (const { label, versionId } of keptIn(versions)) await reach.secrets.drop(plan.secretArn, label, versionId);
  }
  return report;
}

/** What was found out of a rotation that failed, for the steps that bring it to rest. */
interface Found {
  readonly about: Partial<RollBackReport>;
  readonly failed: Failed;
  readonly current: CurrentSecret;
  readonly pending: CurrentSecret;
  /** Whether AWSCURRENT is where the rotation found it. */
  readonly isUnmoved: boolean;
  /** Whether the new version was stored whole. */
  readonly isWhole: boolean;
}

async function broughtToRest(
  reach: Reach,
  plan: RotatePlan,
  failed: Failed,
  versions: SecretDescription["versions"],
): Promise<RollBackReport> {
  const about = {
    versionId: plan.versionId,
    previousVersionId: plan.currentVersionId,
    engine: plan.engine,
    strategy: plan.strategy,
  };
  const currentId = labelled(versions, "AWSCURRENT");
  const current = currentOf(plan, await reach.secrets.current(plan.secretArn));
  if (currentId === plan.versionId) return finishedAlready(reach, about, current);
  const found = await pendingOf(reach, plan, current);
  if (found === "foreign") return leftAlone(reach, about, current);
  if (!found) {
    // Begun by Keyturn's schedule, it is not for Secrets Manager to try again, at a time of its own. Where it may not be given up, it is.
    if (plan.native === "to begin" && versions[plan.versionId])
      await reach.secrets.drop(plan.secretArn, "AWSPENDING", plan.versionId).catch(() => undefined);
    return { ...about, outcome: "failed", facts: ["No new version was stored, so the database was not touched."] };
  }

  const isUnmoved = currentId === plan.currentVersionId;
  if (failed.code === SERVER_SILENT && isUnmoved) return untouched(reach, plan, about, failed.phase);
  // Each password that is wrong may bar the login, so what a phase has found is not tried again.
  if (failed.code === "CurrentRejected" && isUnmoved) return attention(about, [REFUSED, NEITHER, BOTH_KEPT]);
  const known = { about, failed, current, pending: found.access, isUnmoved, isWhole: found.isWhole };
  return (await forward(reach, plan, known)) ?? back(reach, plan, known);
}

/**
 * The phase's own word: it never got in, and it was the first to try. That of Set may be untrue of an execution that was redriven,
 * which counts its tries anew: so what it would have set stays, and the next rotation takes it for a way in.
 */
async function untouched(
  reach: Reach,
  plan: RotatePlan,
  about: Partial<RollBackReport>,
  phase: FailedPhase,
): Promise<RollBackReport> {
  const silent = "The server gave no answer.";
  if (phase === "set")
    return { ...about, outcome: "failed", facts: [silent, "AWSPENDING stays for the next rotation."] };
  await reach.secrets.drop(plan.secretArn, "AWSPENDING", plan.versionId);
  return {
    ...about,
    outcome: "failed",
    facts: [silent, "The database was not touched, and AWSPENDING was taken off the new version."],
  };
}

async function finishedAlready(
  reach: Reach,
  about: Partial<RollBackReport>,
  current: CurrentSecret,
): Promise<RollBackReport> {
  return (await logsIn(reach, current))
    ? {
        ...about,
        outcome: "rolled forward",
        facts: ["AWSCURRENT had moved to the new version already, and it logs in."],
      }
    : attention(about, ["AWSCURRENT has moved to the new version, but the database refuses it.", BOTH_KEPT]);
}

/** `undefined` where going forward is not proven, or somebody moved AWSCURRENT meanwhile. */
async function forward(
  reach: Reach,
  plan: RotatePlan,
  { about, failed, current, pending, isUnmoved, isWhole }: Found,
): Promise<RollBackReport | undefined> {
  const mayFinish = (failed.phase === "finish" || failed.phase === "unknown") && isUnmoved && isWhole;
  if (!mayFinish || !(await works(reach, plan, pending, current))) return undefined;
  const { moved } = await reach.secrets.moveCurrent(plan.secretArn, {
    from: plan.currentVersionId,
    to: plan.versionId,
  });
  if (!moved) return undefined;
  return {
    ...about,
    outcome: "rolled forward",
    facts: ["The new credential logs in, so AWSCURRENT was moved to it."],
  };
}

/** Leaves AWSCURRENT proven by a login, or says what a person must look at. */
async function back(reach: Reach, plan: RotatePlan, { about, current, pending }: Found): Promise<RollBackReport> {
  const facts: string[] = [];
  if (!(await logsIn(reach, current))) {
    facts.push(REFUSED);
    if (!(await mayGoBackTo(reach, plan, current))) return attention(about, [...facts, UNPROVEN, BOTH_KEPT]);
    const restored = await strategyOf(plan).restore(reach, plan, { current, pending });
    if (!restored) return attention(about, [...facts, NEITHER, BOTH_KEPT]);
    facts.push(restored);
    if (!(await logsIn(reach, current))) return attention(about, [...facts, "It is refused still.", BOTH_KEPT]);
  }
  const givenUp = await strategyOf(plan).giveUp?.(reach, plan, { current, pending });
  if (givenUp) facts.push(givenUp);
  await reach.secrets.drop(plan.secretArn, "AWSPENDING", plan.versionId);
  return {
    ...about,
    outcome: "rolled back",
    facts: [...facts, "AWSCURRENT logs in.", "AWSPENDING was taken off the new version."],
  };
}

/**
 * Whether AWSCURRENT's password is the one that the rotation logged in with before it changed it: any other somebody may
 * have put there since, and giving it to the database would let him choose it.
 */
async function mayGoBackTo(reach: Reach, plan: RotatePlan, current: CurrentSecret): Promise<boolean> {
  if (!plan.backVersionId) return false;
  const stored = await reach.secrets.version(plan.secretArn, plan.backVersionId);
  if (!stored) return false;
  const { username, password } = parseSecret(stored.text, `secret ${plan.secretName}`);
  return username === current.username && password === current.password;
}

const REFUSED = "The database refused the credential under AWSCURRENT.";
const NEITHER = "It refuses the one under AWSPENDING too: someone else changed the password.";
const UNPROVEN =
  "What stands there now is not what the rotation had logged in with, so the database was not given its password.";

/** `foreign`: what is stored is not for this login's server and its next user, so nothing of it is used. */
async function pendingOf(
  reach: Reach,
  plan: RotatePlan,
  current: CurrentSecret,
): Promise<Pending | "foreign" | undefined> {
  try {
    return await readPending(reach, plan, current);
  } catch (error) {
    if (isForeign(error)) return "foreign";
    throw error;
  }
}

export function isForeign(error: unknown): boolean {
  return error instanceof KeyturnError && error.code === "ForeignPending";
}

/** AWSCURRENT alone is looked at. */
export async function leftAlone(
  reach: Reach,
  about: Partial<RollBackReport>,
  current: CurrentSecret,
): Promise<RollBackReport> {
  const foreign = "What AWSPENDING holds is not for this login's server and its next user, so nothing of it was used.";
  return (await logsIn(reach, current))
    ? { ...about, outcome: "failed", facts: [foreign, "AWSCURRENT logs in."] }
    : attention(about, [foreign, REFUSED, BOTH_KEPT]);
}

/** The new credential gets in, the secret's own probes succeed, and its readers let it in too. */
async function works(reach: Reach, plan: RotatePlan, pending: CurrentSecret, current: CurrentSecret): Promise<boolean> {
  if (!(await logsIn(reach, pending, current))) return false;
  try {
    if (plan.probes.length > 0) await inSession(reach, pending, (session) => session.probe(plan.probes));
  } catch (error) {
    if (error instanceof KeyturnError && !error.retryable) return false;
    throw error;
  }
  // A reader that is behind or away is not waited for: going back needs none of them.
  return acceptedByReaders(reach, plan, pending).then(
    () => true,
    () => false,
  );
}

const BOTH_KEPT = `Nothing more was changed, and both versions are kept, under ${KEPT.current} and ${KEPT.pending}.`;

/** The version that carries the label. */
export function labelled(versions: SecretDescription["versions"], label: string): string | undefined {
  return Object.keys(versions).find((id) => versions[id]?.includes(label));
}

function attention(about: Partial<RollBackReport>, facts: readonly string[]): RollBackReport {
  return { ...about, outcome: "needs attention", facts };
}
