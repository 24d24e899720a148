import type { StrategyName } from "../engines/engine.js";
import { KeyturnError } from "../errors.js";
import type { Acquired } from "./ledger.js";
import { acquireLock, takeOver } from "./lock.js";
import type { SecretDescription, World } from "./ports.js";
import { GIVEN_UP, RETIREMENT_SKIPS, type RetirementSkip } from "./reasons.js";
import { date, invalid, json, object, required, retireAfter } from "./request.js";
import { settingsFrom } from "./settings.js";
import { isStrategy, strategyOf } from "./strategy.js";

/** What a start of `retire-secret` asks for: the rotation that left an old credential valid. */
export interface RetirementRequest {
  readonly secretArn: string;
  readonly rotationArn: string;
  readonly strategy: StrategyName;
  /** The version that the rotation made current. */
  readonly versionId: string;
  /** The version before it. */
  readonly previousVersionId: string;
  readonly rotatedAt: Date;
  /** As the request for the rotation said; overrules the schedule. */
  readonly retireAfterMinutes?: number;
  /** How many executions for the same rotation were cut off before. */
  readonly restarts: number;
}

/**
 * Reads the input of an execution in both of its forms: as the rule for rotations that succeeded writes it
 * (`{ rotation: <detail of the announcement> }`), and as the rule for executions that were cut off does
 * (`{ restartOf: { input: <as text> } }`). Throws `InvalidRequest` for anything else.
 */
export function parseRetirement(input: unknown): RetirementRequest {
  const given = object(input, "the input");
  if (given.restartOf !== undefined) {
    const before = parseRetirement(json(required(object(given.restartOf, "restartOf"), "input")));
    return { ...before, restarts: before.restarts + 1 };
  }
  const said = object(given.rotation, "rotation");
  const strategy = required(said, "strategy");
  if (!isStrategy(strategy)) throw invalid('"strategy" is none');
  return {
    secretArn: required(said, "secretArn"),
    rotationArn: required(said, "executionArn"),
    strategy,
    versionId: required(said, "versionId"),
    previousVersionId: required(said, "previousVersionId"),
    rotatedAt: date(said.endedAt, "endedAt"),
    ...retireAfter(said),
    restarts: 0,
  };
}

/** What is retired, and from when on. Identifiers only, as everything in a state's output. */
export interface RetirePlan {
  readonly decision: "retire";
  readonly secretArn: string;
  readonly secretName: string;
  readonly strategy: StrategyName;
  readonly rotationArn: string;
  readonly currentVersionId: string;
  readonly previousVersionId: string;
  /** ISO 8601. */
  readonly retireAt: string;
}

export interface RetirementSkipped {
  readonly decision: "skip";
  readonly reason: RetirementSkip;
  readonly message: string;
  readonly secretArn: string;
}

/** Minutes, by the name of the schedule; one that is not there never retires. */
export type GracePeriods = Readonly<Record<string, number>>;

/** Decides whether there is anything to retire, and when; nothing is written. */
export async function planRetirement(
  { secrets }: Pick<World, "secrets">,
  request: RetirementRequest,
  graces: GracePeriods,
): Promise<RetirePlan | RetirementSkipped> {
  const { secretArn, strategy, rotationArn, previousVersionId, retireAfterMinutes: asked } = request;
  if (!strategyOf(request).retire || previousVersionId === request.versionId) return skip(secretArn, "NothingToRetire");
  // Where it is turned on nowhere, nothing needs to be looked up.
  if (asked === undefined && Object.keys(graces).length === 0) return skip(secretArn, "NotTurnedOn");
  const description = await secrets.describe(secretArn);
  const versions = { currentVersionId: request.versionId, previousVersionId };
  const gone = changedSince(description, versions);
  if (gone) return skip(secretArn, gone);
  const grace = asked ?? graces[settingsFrom(description.tags)?.schedule ?? ""];
  if (grace === undefined) return skip(secretArn, "NotTurnedOn");
  if (request.restarts > RESTARTS) throw cutOff();
  return {
    decision: "retire",
    ...{ secretArn, strategy, rotationArn, ...versions },
    secretName: description.name,
    retireAt: new Date(request.rotatedAt.getTime() + grace * 60_000).toISOString(),
  };
}

/** What is cut off is started again, but not for ever: the start after the last only says so. */
const RESTARTS = 3;

function cutOff(): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: GIVEN_UP,
    message: "It was cut off again and again. Look at the executions' histories, then rotate the secret.",
  });
}

/** What follows from a look at the lock and, under it, at the labels. */
export type Begun =
  | { readonly decision: "retire"; readonly newest: boolean }
  | { readonly decision: "wait" }
  | RetirementSkipped;

/**
 * Takes the secret's lock and looks whether there is still anything to retire; if not, the lock is given back. `wait`:
 * somebody else has it, and may yet fail, so that the old credential stays ours to retire.
 */
export async function beginRetirement(world: World, plan: RetirePlan, executionArn: string): Promise<Begun> {
  const { secretArn } = plan;
  const lock = await retirementLock(world, secretArn, executionArn);
  if (!lock.acquired) return { decision: "wait" };
  const gone =
    lock.retiredVersionId === plan.previousVersionId
      ? "AlreadyRetired"
      : changedSince(await world.secrets.describe(secretArn), plan);
  if (!gone) return { decision: "retire", newest: lock.last?.executionArn === plan.rotationArn };
  await world.ledger.closeRetirement(secretArn, executionArn);
  return skip(secretArn, gone);
}

/** What a rotation left half done its recovery knows by the lock; what a retirement left, another does again. */
async function retirementLock(world: World, secretArn: string, executionArn: string): Promise<Acquired> {
  const holder = { executionArn, purpose: "retirement" } as const;
  const found = await acquireLock(world, secretArn, holder);
  const isFree = "left" in found && found.holder.purpose === "retirement";
  return isFree ? takeOver(world, secretArn, found.holder, holder) : found;
}

function changedSince(
  { tags, versions }: SecretDescription,
  { currentVersionId, previousVersionId }: Pick<RetirePlan, "currentVersionId" | "previousVersionId">,
): RetirementSkip | undefined {
  if (!settingsFrom(tags)) return "NotManaged";
  if (!versions[currentVersionId]?.includes("AWSCURRENT")) return "Overtaken";
  return versions[previousVersionId]?.includes("AWSPREVIOUS") ? undefined : "PreviousMoved";
}

function skip(secretArn: string, reason: RetirementSkip): RetirementSkipped {
  return { decision: "skip", reason, message: RETIREMENT_SKIPS[reason], secretArn };
}
