import type { StrategyName } from "../../engines/engine.js";
import { KeyturnError } from "../../errors.js";
import { type DatabaseSecret, parseSecret } from "../../secrets/format.js";
import { generatePassword, type PasswordPolicy } from "../../secrets/password.js";
import { checkOffered } from "../admins.js";
import { type Claimed, checkClaims, serverOf } from "../claims.js";
import type { CredentialPlan } from "../credentials.js";
import { type EndedSummary, lookUpEnded, NOTHING_ENDED, type NothingEnded, type RecoveryRequest } from "../ended.js";
import { keptIn } from "../kept.js";
import { acquireLock, takeOver } from "../lock.js";
import { checkReaders } from "../phases/readers.js";
import type { Access, Reach, SecretDescription, World } from "../ports.js";
import { SKIP_REASONS, type SkipReason } from "../reasons.js";
import { type RequestSummary, type RotationRequest, summaryOfRequest } from "../request.js";
import type { Rules } from "../rules.js";
import { type Reader, type SecretSettings, settingsFrom } from "../settings.js";
import { versionIdOf } from "../version-id.js";
import { judgePending } from "./pending.js";
import { notDue, notOurs, refuseForeign, strategyFor } from "./policies.js";
import { planRecovery } from "./recovery.js";

/** What is known from the start, whatever is decided. Identifiers only, as everything in a state's output. */
export interface PlanBase {
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
  /** Whether a rotation before it did not finish, which may have changed the database. */
  readonly resumed: boolean;
  /** The version that it left, whose credential is the way in where AWSCURRENT is refused. */
  readonly leftVersionId?: string;
  /**
   * AWSCURRENT as Plan saw it: Set logs in with it before it changes anything, so that roll back may give its password back
   * to the database. Absent where a rotation was left unfinished, because another may be the way in then.
   */
  readonly backVersionId?: string;
  readonly replicas: boolean;
  readonly adminSecretArn?: string;
  /** What the schedule lets the server ask for besides a proof of the password. */
  readonly mayAskFor?: NonNullable<Access["mayAskFor"]>;
  /** The server that its logins are of, as claims name it. */
  readonly server: string;
  /** Labels that an earlier rotation left because it needed a person. */
  readonly kept: ReadonlyArray<{ readonly label: string; readonly versionId: string }>;
  readonly probes: readonly string[];
  readonly readers: readonly Reader[];
  readonly password: PasswordPolicy;
}

export interface SkipPlan extends PlanBase {
  readonly decision: "skip";
  readonly reason: SkipReason;
}

export interface RecoverPlan extends PlanBase {
  readonly decision: "recover";
  readonly ended: EndedSummary;
  /** The version that the execution which ended wrote, if it came so far. */
  readonly ownVersionId: string;
  /** As that execution's plan had it. */
  readonly backVersionId?: string;
  /** Whether the recovery is only the beginning, because another execution was found to hold the lock. */
  readonly thenRotate?: true;
}

/** The execution that ended held no lock: it had changed nothing, or left its record, or another carried on. */
export interface NotePlan extends PlanBase {
  readonly decision: "note";
  readonly ended: EndedSummary;
}

/** The lock is of an execution that ended, of which a function may still be at work. */
export interface WaitPlan extends PlanBase {
  readonly decision: "wait";
}

/** There is nothing that a recovery could look after, and nothing is recorded. */
export interface NothingPlan {
  readonly decision: "nothing";
  readonly reason: NothingEnded;
  readonly message: string;
}

export type Plan = RotatePlan | SkipPlan | RecoverPlan | NotePlan | WaitPlan | NothingPlan;

/**
 * Decides what is to be done, before anything is written but the lock. Called again by the same execution it decides
 * anew, on the same version id. Throws a final error where the secret cannot be rotated at all. `waited`: nothing of an
 * execution that ended is at work any more.
 */
export async function plan(
  world: World,
  request: RotationRequest,
  executionArn: string,
  { waited = false } = {},
): Promise<Plan> {
  const description = await world.secrets.describe(request.secretId);
  const base = baseOf(description, request);
  const skip = (reason: SkipReason): SkipPlan => ({ ...base, decision: "skip", reason, message: SKIP_REASONS[reason] });
  const settings = settingsFrom(description.tags, world.rules);
  const foreign = notOurs(request, settings);
  if (foreign || !settings) return skip(foreign ?? "NotManaged");
  refuseForeign(description);

  const holder = { executionArn, purpose: "rotation" } as const;
  const found = await acquireLock(world, description.arn, holder);
  const isLeft = "left" in found;
  if (isLeft && !waited) return { ...base, decision: "wait", reason: "LastHolderEnded", message: WAIT };
  if (isLeft && found.ended) {
    const about = { ...base, request: summaryOfRequest(found.ended.request) };
    const first = await planRecovery(world, found.ended, description.arn, executionArn, about, { scheduled: true });
    return first.decision === "recover" ? { ...first, thenRotate: true } : skip("AlreadyRotating");
  }
  if (!found.acquired && !isLeft && found.holder.purpose === "retirement") throw retiring();
  const lock = isLeft ? await takeOver(world, description.arn, found.holder, holder) : found;
  if (!lock.acquired) return skip("AlreadyRotating");
  const early = notDue(request, description, lock.last, world.clock());
  if (early) return skip(early);
  const rotation = await planRotation(world, description, settings, versionIdOf(lock.seed, executionArn), {
    verify: async (_, work) => void (await work()),
    claim: (claimed) => checkClaims(world, description.arn, claimed, lock.claims),
  });
  await world.ledger.noteBegin(description.arn, executionArn, rotation.backVersionId);
  return { ...base, ...rotation };
}

/** As `plan`, for a recovery: all but the ARN of what it is to look after is asked of Step Functions. */
export async function planOfRecovery(
  world: World,
  { executionArn: of, scheduled }: RecoveryRequest,
  executionArn: string,
): Promise<Plan> {
  const ended = await lookUpEnded(world.executions, of, executionArn);
  if (typeof ended === "string") return { decision: "nothing", reason: ended, message: NOTHING_ENDED[ended] };
  const description = await world.secrets.describe(ended.request.secretId);
  const base = baseOf(description, ended.request);
  if (!settingsFrom(description.tags, world.rules))
    return { ...base, decision: "skip", reason: "NotManaged", message: SKIP_REASONS.NotManaged };
  return planRecovery(world, ended, description.arn, executionArn, base, { scheduled });
}

function baseOf({ arn, name }: SecretDescription, request: RotationRequest): Omit<PlanBase, "reason" | "message"> {
  return { secretArn: arn, secretName: name, request: summaryOfRequest(request) };
}

/** What differs between a rotation, which stops at the first thing that is wrong, and a dry run, which goes on. */
interface Verification {
  verify(
    check: "PasswordPolicy" | "UserName" | "LoginUnclaimed" | "AdminOffered" | "ReadersAllowed",
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
  await verify("LoginUnclaimed", () => claim({ server, username: secret.username, engine, strategy }));
  const { adminSecretArn } = secret;
  if (adminSecretArn) {
    const offered = async () =>
      checkOffered(await reach.secrets.describe(adminSecretArn), description.name, reach.rules);
    await verify("AdminOffered", offered);
  }
  if (settings.readers.length > 0) await verify("ReadersAllowed", () => checkReaders(settings.readers, reach.rules));
  const pending = await judgePending(reach, description, {
    versionId: ownVersionId,
    currentVersionId: current.versionId,
    secret,
    strategy,
  });
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
    ...(pending.leftVersionId ? { leftVersionId: pending.leftVersionId } : { backVersionId: current.versionId }),
    replicas: description.replicas > 0,
    ...(adminSecretArn ? { adminSecretArn } : {}),
    ...asked(reach.rules, settings),
    server,
    kept: keptIn(description.versions),
    probes: settings.probes,
    readers: settings.readers,
    password: settings.password,
  };
}

/** What the secret's schedule lets a server ask for. */
export function asked({ mayAskFor }: Rules, { schedule }: SecretSettings): Pick<CredentialPlan, "mayAskFor"> {
  const may = Object.hasOwn(mayAskFor, schedule) ? mayAskFor[schedule] : undefined;
  return may ? { mayAskFor: may } : {};
}

const WAIT = "The execution that holds the secret's lock has ended; what it may have left at work is waited for.";

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
