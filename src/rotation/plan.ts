import { KeyturnError } from "../errors.js";
import { type DatabaseSecret, parseSecret } from "../secrets/format.js";
import { generatePassword, type PasswordPolicy } from "../secrets/password.js";
import { notDue, notOurs, refuseForeign, strategyFor } from "./checks.js";
import { claimLogins } from "./claims.js";
import { acquireLock } from "./lock.js";
import { judgePending } from "./pending.js";
import type { SecretDescription, World } from "./ports.js";
import { GIVEN_UP, SKIP_REASONS, type SkipReason } from "./reasons.js";
import {
  type EndedSummary,
  type RequestSummary,
  type RotationRequest,
  summaryOfEnded,
  summaryOfRequest,
} from "./request.js";
import { type SecretSettings, type StrategyName, settingsFrom } from "./settings.js";

/** What is known from the start, whatever is decided. Identifiers only, as everything in a state's output. */
interface PlanBase {
  readonly reason: string;
  readonly message: string;
  readonly secretArn: string;
  readonly secretName: string;
  readonly request: RequestSummary;
}

/** What the phases work by. */
export interface RotatePlan extends PlanBase {
  readonly decision: "rotate";
  readonly engine: string;
  readonly strategy: StrategyName;
  readonly grants: "sync" | "keep";
  /** The version that becomes current. */
  readonly versionId: string;
  /** The version that is current now. */
  readonly currentVersionId: string;
  /** Whether the version was left over by a rotation that did not finish. */
  readonly resumed: boolean;
  /** A left-over version whose password is taken on, but whose other fields are out of date. */
  readonly staleVersionId?: string;
  readonly replicas: boolean;
  readonly adminSecretArn?: string;
  readonly probes: readonly string[];
  readonly password: PasswordPolicy;
}

export interface SkipPlan extends PlanBase {
  readonly decision: "skip";
  readonly reason: SkipReason;
}

export interface RecoverPlan extends PlanBase {
  readonly decision: "recover";
  readonly ended: EndedSummary;
}

/** The execution that ended held no lock: it had changed nothing, or left its record, or another carried on. */
export interface NotePlan extends PlanBase {
  readonly decision: "note";
  readonly ended: EndedSummary;
}

export type Plan = RotatePlan | SkipPlan | RecoverPlan | NotePlan;

/**
 * Decides what is to be done, before anything is written but the lock. Called again by the same execution it decides
 * anew, on the same version id. Throws a final error where the secret cannot be rotated at all.
 */
export async function plan(world: World, request: RotationRequest, executionArn: string): Promise<Plan> {
  const description = await world.secrets.describe(request.secretId);
  const base = {
    secretArn: description.arn,
    secretName: description.name,
    request: summaryOfRequest(request.ended?.request ?? request),
  };
  const skip = (reason: SkipReason): SkipPlan => ({ ...base, decision: "skip", reason, message: SKIP_REASONS[reason] });

  const settings = settingsFrom(description.tags);
  const foreign = notOurs(request, settings);
  if (foreign || !settings) return skip(foreign ?? "NotManaged");
  if (request.ended) return planRecovery(world, request.ended, description.arn, executionArn, base);
  refuseForeign(description);

  const lock = await acquireLock(world, description.arn, executionArn);
  if (!lock.acquired && lock.holder.purpose === "retirement") throw retiring();
  if (!lock.acquired) return skip("AlreadyRotating");
  const early = notDue(request, description, lock.last, world.clock());
  if (early) return skip(early);
  return { ...base, ...(await planRotation(world, description, settings, executionArn, lock.claims)) };
}

async function planRotation(
  world: World,
  description: SecretDescription,
  settings: SecretSettings,
  executionArn: string,
  claims: readonly string[],
): Promise<Omit<RotatePlan, keyof PlanBase> & Pick<PlanBase, "reason" | "message">> {
  const current = await world.secrets.current(description.arn);
  const secret = parseSecret(current.text, `secret ${description.name} (AWSCURRENT)`);
  const engine = world.databases.engine(secret.engine);
  const strategy = strategyFor(secret, description, settings, engine.traits);
  generatePassword(settings.password, engine.traits); // throws where the policy cannot be met
  checkUsername(secret, engine.traits);
  await claimLogins(world, description.arn, { secret, engine, strategy, claims });
  const pending = await judgePending(world, description, { executionArn, currentVersionId: current.versionId, secret });
  return {
    decision: "rotate",
    reason: pending.reason,
    message: pending.message,
    engine: engine.name,
    strategy,
    grants: settings.grants,
    versionId: pending.versionId,
    currentVersionId: current.versionId,
    resumed: pending.resumed,
    ...(pending.staleVersionId ? { staleVersionId: pending.staleVersionId } : {}),
    replicas: description.replicas > 0,
    ...(secret.adminSecretArn ? { adminSecretArn: secret.adminSecretArn } : {}),
    probes: settings.probes,
    password: settings.password,
  };
}

/** Recoveries that are cut off are tried again, but not for ever. */
const RECOVERIES = 3;

async function planRecovery(
  world: World,
  ended: NonNullable<RotationRequest["ended"]>,
  secretArn: string,
  executionArn: string,
  base: Omit<PlanBase, "reason" | "message">,
): Promise<Plan> {
  const note: NotePlan = {
    ...base,
    decision: "note",
    reason: ENDED[ended.status] ?? "ExecutionFailed",
    message: "The execution ended without a record, before it had changed anything or after another had carried on.",
    ended: summaryOfEnded(ended),
  };
  if (ended.recoveries.length >= RECOVERIES) return { ...note, reason: GIVEN_UP, message: CUT_OFF };
  const holder = await world.ledger.holder(secretArn);
  const heirs = [ended.executionArn, ...ended.recoveries, executionArn];
  if (!holder || !heirs.includes(holder.executionArn)) return note;
  const lock = await world.ledger.takeOver(secretArn, holder, {
    executionArn,
    since: world.clock().toISOString(),
    purpose: "rotation",
  });
  if (!lock.acquired) return note;
  return {
    ...note,
    decision: "recover",
    message: "The execution ended without a record; its rotation is brought to rest.",
  };
}

const CUT_OFF = "Its recovery was cut off again and again. Look at the executions' histories, then start a rotation.";

const ENDED: Readonly<Record<string, string>> = { ABORTED: "ExecutionAborted", TIMED_OUT: "ExecutionTimedOut" };

/** That takes seconds, so the rotation waits for it. */
function retiring(): KeyturnError {
  return new KeyturnError("TransientError", {
    code: "Retiring",
    message: "The credential before the current one is being retired at this moment. It is tried again by itself.",
  });
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
