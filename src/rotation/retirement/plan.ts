import { KeyturnError } from "../../errors.js";
import { shownName } from "../accounts.js";
import { consumersOf, hasTakenUp } from "../consumers.js";
import { machineOf } from "../ended.js";
import { json, object, required } from "../input.js";
import type { Acquired, Outcome } from "../ledger.js";
import { acquireLock, takeOver } from "../lock.js";
import type { Awaited, RetirePlan } from "../plans.js";
import type { Executions, SecretDescription, World } from "../ports.js";
import { GIVEN_UP, RETIREMENT_SKIPS, type RetirementSkip } from "../reasons.js";
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
  const retireAt = new Date(new Date(endedAt).getTime() + grace * 60_000);
  // Who asks for a time of his own, because a password leaked, does not want it to live on for anybody's sake.
  const awaits = asked === undefined ? awaited(description, settings, rules, { endedAt, retireAt }) : undefined;
  return {
    decision: "retire",
    ...{ secretArn, strategy, rotationArn, ...versions },
    secretName: shownName(description, rules),
    ...mayAskFor(rules, settings.schedule),
    retireAt: retireAt.toISOString(),
    ...(awaits ? { awaits } : {}),
  };
}

/** For as long as the most patient of the consumers wants. */
function awaited(
  secret: SecretDescription,
  settings: SecretSettings,
  rules: Rules,
  { endedAt, retireAt }: { readonly endedAt: string; readonly retireAt: Date },
): Awaited | undefined {
  const holds = (name: string) => rules.consumers?.[name]?.holds ?? 0;
  const consumers = consumersOf(secret, settings, rules).filter((name) => holds(name) > 0);
  if (consumers.length === 0) return undefined;
  const minutes = Math.max(...consumers.map(holds));
  return { consumers, rotatedAt: endedAt, until: new Date(retireAt.getTime() + minutes * 60_000).toISOString() };
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
  | { readonly decision: "retire"; readonly newest: boolean; readonly consumersBehind?: readonly string[] }
  /** `for` is absent where that is the lock. */
  | { readonly decision: "wait"; readonly for?: "consumers" }
  | RetirementSkipped;

/**
 * Takes the secret's lock and looks whether there is still anything to retire; if not, the lock is given back. `wait`:
 * somebody else has it, and may yet fail, so that the old credential stays ours to retire; or consumers have not taken up
 * the current one, and the time for that is not over, until which no lock is taken.
 */
export async function beginRetirement(world: World, plan: RetirePlan, executionArn: string): Promise<Begun> {
  const { secretArn } = plan;
  const behind = await consumersBehind(world, plan);
  if (behind.length > 0 && world.clock() < new Date(plan.awaits?.until ?? 0))
    return { decision: "wait", for: "consumers" };
  const lock = await retirementLock(world, secretArn, executionArn);
  if (!lock.acquired) return { decision: "wait" };
  const gone =
    lock.retiredVersionId === plan.previousVersionId
      ? "AlreadyRetired"
      : changedSince(await world.secrets.describe(secretArn), plan, world.rules);
  if (!gone) {
    const newest = lock.last?.executionArn === plan.rotationArn;
    return { decision: "retire", newest, ...(behind.length > 0 ? { consumersBehind: behind } : {}) };
  }
  await world.ledger.closeRetirement(secretArn, executionArn);
  return skip(gone, secretArn);
}

/** Those that are not declared any more are nobody's to wait for. */
async function consumersBehind({ ledger, rules }: World, { awaits }: RetirePlan): Promise<string[]> {
  const { consumers = [], rotatedAt = "" } = awaits ?? {};
  const waited = consumers.filter((name) => Object.hasOwn(rules.consumers ?? {}, name));
  const refreshes = await Promise.all(waited.map((name) => ledger.refreshOf(name)));
  return waited.filter((_, index) => !hasTakenUp(refreshes[index], rotatedAt));
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
