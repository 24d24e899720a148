import { KeyturnError } from "../../errors.js";
import { machineOf } from "../ended.js";
import type { Acquired, Outcome } from "../ledger.js";
import { acquireLock, takeOver } from "../lock.js";
import type { RetirePlan } from "../plans.js";
import type { Executions, SecretDescription, World } from "../ports.js";
import { GIVEN_UP, RETIREMENT_SKIPS, type RetirementSkip } from "../reasons.js";
import { json, object, required } from "../request.js";
import { mayAskFor, type Rules } from "../rules.js";
import { type SecretSettings, settingsFrom } from "../settings.js";
import { isStrategy, strategyOf } from "../strategies/registry.js";

/** What a start of `retire-secret` asks for: to retire what that rotation left valid. All else is on record. */
export interface RetirementRequest {
  readonly secretArn: string;
  readonly rotationArn: string;
  /** How many executions for the same rotation were cut off before. */
  readonly restarts: number;
}

/**
 * Reads the input of an execution in both of its forms: as the rule for rotations that succeeded writes it
 * (`{ rotation: { secretArn, executionArn } }`), and as the rule for executions that were cut off does
 * (`{ restartOf: { executionArn } }`), whose own input is asked of Step Functions. Throws `InvalidRequest` for anything
 * else. `undefined`: the execution to be started again is none that has ended. `own`: the execution that asks.
 */
export async function retirementRequest(
  { lookUp }: Pick<Executions, "lookUp">,
  input: unknown,
  own: string,
): Promise<RetirementRequest | undefined> {
  let given = object(input, "the input");
  for (let restarts = 0; restarts <= RESTARTS + 1; restarts++) {
    if (given.restartOf === undefined) {
      const said = object(given.rotation, "rotation");
      return { secretArn: required(said, "secretArn"), rotationArn: required(said, "executionArn"), restarts };
    }
    const before = required(object(given.restartOf, "restartOf"), "executionArn");
    const found = machineOf(before) === machineOf(own) ? await lookUp(before) : undefined;
    // One that ended by itself has said how.
    if (!found || !CUT_OFF.includes(found.status)) return undefined;
    given = object(json(found.input), "the input");
  }
  return undefined;
}

const CUT_OFF = ["ABORTED", "TIMED_OUT"];

export interface RetirementSkipped {
  readonly decision: "skip";
  readonly reason: RetirementSkip;
  readonly message: string;
  readonly secretArn?: string;
}

/** Minutes, by the name of the schedule; one that is not there never retires. */
export type GracePeriods = Readonly<Record<string, number>>;

/**
 * Decides whether there is anything to retire, and when; nothing is written. An event says only which rotation: whether and
 * how that took place is read from its record, because anybody may put an event.
 */
export async function planRetirement(
  { secrets, ledger, rules }: Pick<World, "secrets" | "ledger" | "rules">,
  request: RetirementRequest | undefined,
  graces: GracePeriods,
): Promise<RetirePlan | RetirementSkipped> {
  if (!request) return skip("NoSuchExecution");
  const { secretArn, rotationArn } = request;
  const record = await ledger.rotation(secretArn, rotationArn);
  if (!record || !isRotated(record.outcome)) return skip("NotOnRecord", secretArn);
  const { strategy = "", versionId, previousVersionId, retireAfterMinutes: asked, endedAt } = record;
  if (!versionId || !previousVersionId || previousVersionId === versionId) return skip("NothingToRetire", secretArn);
  if (!isStrategy(strategy) || !strategyOf({ strategy }).retire) return skip("NothingToRetire", secretArn);
  // Where it is turned on nowhere, nothing needs to be looked up.
  if (asked === undefined && Object.keys(graces).length === 0) return skip("NotTurnedOn", secretArn);
  const description = await secrets.describe(secretArn);
  const versions = { currentVersionId: versionId, previousVersionId };
  const gone = changedSince(description, versions, rules);
  if (gone) return skip(gone, secretArn);
  const settings = settingsFrom(description.tags, rules) as SecretSettings;
  const grace = asked ?? graces[settings.schedule];
  if (grace === undefined) return skip("NotTurnedOn", secretArn);
  if (request.restarts > RESTARTS) throw cutOff();
  return {
    decision: "retire",
    ...{ secretArn, strategy, rotationArn, ...versions },
    secretName: description.name,
    ...mayAskFor(rules, settings.schedule),
    retireAt: new Date(new Date(endedAt).getTime() + grace * 60_000).toISOString(),
  };
}

function isRotated(outcome: Outcome): boolean {
  return outcome === "succeeded" || outcome === "rolled forward";
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
      : changedSince(await world.secrets.describe(secretArn), plan, world.rules);
  if (!gone) return { decision: "retire", newest: lock.last?.executionArn === plan.rotationArn };
  await world.ledger.closeRetirement(secretArn, executionArn);
  return skip(gone, secretArn);
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
  rules: Rules,
): RetirementSkip | undefined {
  if (!settingsFrom(tags, rules)) return "NotManaged";
  if (!versions[currentVersionId]?.includes("AWSCURRENT")) return "Overtaken";
  return versions[previousVersionId]?.includes("AWSPREVIOUS") ? undefined : "PreviousMoved";
}

function skip(reason: RetirementSkip, secretArn?: string): RetirementSkipped {
  return { decision: "skip", reason, message: RETIREMENT_SKIPS[reason], ...(secretArn ? { secretArn } : {}) };
}
