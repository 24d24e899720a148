import { KeyturnError } from "../errors.js";
import { date, invalid, isSecretId, object, pick, required, tagsFrom, texts } from "./input.js";

/** `native`: Secrets Manager's own rotation. */
export type Trigger = "schedule" | "event" | "manual" | "native";

/** What a start of `rotate-secret`, or of `check-secret`, asks for. */
export interface RotationRequest {
  /** Name or ARN. */
  readonly secretId: string;
  readonly trigger: Trigger;
  /** Who asks, as they say. */
  readonly requestedBy?: string;
  readonly reason?: string;
  /** When it was asked for; a rotation that began later than this and succeeded has answered it. */
  readonly askedAt: Date;
  /** The schedule that started it. */
  readonly schedule?: string;
  /** Days since the last rotation below which nothing is done; absent: rotate whatever the age. */
  readonly dueAfterDays?: number;
  /** So many minutes lie at least between it and the one before it on the secret's server, of those that schedules keep apart. */
  readonly staggerMinutes?: number;
  /** From when on the schedule must not start it any more. */
  readonly startBefore?: Date;
  /** Minutes until the credential before is made useless; overrules the schedule's. 0 in an emergency. */
  readonly retireAfterMinutes?: number;
  /** Tags by which it was selected: it must carry them still. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The run of a fleet that it is part of, which tells people of its failures together. */
  readonly run?: string;
  /** Bring the credential before the current one back, instead of making a new one. */
  readonly restore?: true;
}

/**
 * Reads the input of an execution of `rotate-secret` in each of its forms: as a person, a schedule or `rotate-fleet` writes
 * it (`{ secretId, … }`), and as the rule for `Rotation Requested` does (`{ trigger: "event", askedAt, request: { … } }`).
 * Throws `InvalidRequest` for anything else, and for a dry run: whoever wants to know must not get a rotation.
 * `startedAt`: when the execution started, for starts that do not say when they were asked for.
 */
export function parseRequest(input: unknown, startedAt: Date): RotationRequest {
  const said = spoken(input);
  if (said.dryRun === true)
    throw invalid('"dryRun" is for the state machine check-secret: start it there, this one rotates');
  return requestOf(said, startedAt);
}

/** As `parseRequest`, of `check-secret`, which runs everything dry, whether the input says so or not. */
export function parseCheck(input: unknown, startedAt: Date): RotationRequest {
  const said = spoken(input);
  if (said.restore !== undefined) throw invalid('"restore" has no dry run');
  return requestOf(said, startedAt);
}

/** What is asked for, in either form. What an event says itself is not taken for what its rule says of it. */
export function spoken(input: unknown): Record<string, unknown> {
  const given = object(input, "the input");
  if (given.request === undefined) return given;
  const asked = object(given.request, "request");
  // Said in one of the two places, it holds: who wants to know must not get a rotation.
  const dryRun = given.dryRun === undefined || asked.dryRun === true ? asked.dryRun : given.dryRun;
  return { ...asked, run: given.run, ...pick(given, ["trigger", "askedAt"]), dryRun };
}

function requestOf(said: Record<string, unknown>, startedAt: Date): RotationRequest {
  if (said.selection !== undefined)
    throw invalid('"selection" is many secrets and "secretId" one: say one of the two, and many to rotate-fleet');
  const { dryRun: _, ...ask } = askOf(said, startedAt);
  return {
    secretId: secretId(said),
    ...ask,
    ...texts(said, ["schedule", "run"]),
    ...(said.dueAfterDays === undefined ? {} : { dueAfterDays: days(said.dueAfterDays) }),
    ...(said.staggerMinutes === undefined ? {} : { staggerMinutes: minutes(said.staggerMinutes) }),
    ...(said.startBefore === undefined ? {} : { startBefore: date(said.startBefore, "startBefore") }),
    ...(said.tags === undefined ? {} : { tags: tagsFrom(said.tags) }),
    ...restore(said),
  };
}

/** Who asks, when, why, and how long the old credential is to live: the same for one secret and for many. */
export function askOf(said: Record<string, unknown>, startedAt: Date) {
  const { dryRun } = said;
  if (dryRun !== undefined && typeof dryRun !== "boolean") throw invalid('"dryRun" must be true or false');
  return {
    trigger: trigger(said.trigger),
    askedAt: askedAt(said, startedAt),
    ...texts(said, ["requestedBy", "reason"]),
    ...retireAfter(said),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

/** As `parse` reads it; `undefined` for an input that cannot be understood. */
export function understood(input: unknown, startedAt: Date, parse = parseRequest): RotationRequest | undefined {
  try {
    return parse(input, startedAt);
  } catch (error) {
    if (error instanceof KeyturnError) return undefined;
    throw error;
  }
}

/** A request as it is kept in states and records. */
export interface RequestSummary {
  readonly trigger: Trigger;
  readonly askedAt: string;
  readonly requestedBy?: string;
  readonly reason?: string;
  readonly schedule?: string;
  readonly retireAfterMinutes?: number;
  readonly run?: string;
  readonly restore?: true;
}

export function summaryOfRequest(request: RotationRequest): RequestSummary {
  const { trigger, askedAt, requestedBy, reason, schedule, retireAfterMinutes, run, restore } = request;
  return {
    trigger,
    askedAt: askedAt.toISOString(),
    ...(requestedBy ? { requestedBy } : {}),
    ...(reason ? { reason } : {}),
    ...(schedule ? { schedule } : {}),
    ...(retireAfterMinutes === undefined ? {} : { retireAfterMinutes }),
    ...(run ? { run } : {}),
    ...(restore ? { restore } : {}),
  };
}

function restore({ restore: said, trigger }: Record<string, unknown>): Pick<RotationRequest, "restore"> {
  if (said === undefined || said === false) return {};
  // Whoever may put a request on the bus may not: an event is not signed by an operator.
  if (said === true && (trigger === undefined || trigger === "manual")) return { restore: true };
  throw invalid('"restore" must be true, and is for an operator, who starts rotate-secret');
}

function secretId(said: Record<string, unknown>): string {
  const value = required(said, "secretId");
  if (isSecretId(value)) return value;
  throw invalid('"secretId" is neither the name of a secret nor an ARN');
}

function trigger(value: unknown): Trigger {
  if (value === undefined) return "manual";
  if (value === "schedule" || value === "event" || value === "manual" || value === "native") return value;
  throw invalid('"trigger" must be "schedule", "event", "native" or "manual"');
}

function days(value: unknown): number {
  if (typeof value === "number" && value >= 0 && Number.isFinite(value)) return value;
  throw invalid('"dueAfterDays" must be a number of days, 0 or more');
}

function minutes(value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= LONGEST_STAGGER) return value as number;
  throw invalid(`"staggerMinutes" must be a whole number of minutes from 1 to ${LONGEST_STAGGER}`);
}

/** The most that keyturn.yml takes, too: keyturn.schema.json. */
const LONGEST_STAGGER = 1_440;

const LONGEST_GRACE = 20_160;

/**
 * EventBridge tells the time of an event in whole seconds, of which any moment may be meant: the last, unless the execution had
 * started by then, so that no rotation counts as the answer which began before the question.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
 */
function askedAt(said: Record<string, unknown>, startedAt: Date): Date {
  if (said.askedAt === undefined) return startedAt;
  const at = date(said.askedAt, "askedAt");
  if (said.trigger !== "event" || at.getTime() % 1_000 !== 0 || at > startedAt) return at;
  return new Date(Math.min(at.getTime() + 999, startedAt.getTime()));
}

/** `retireAfterMinutes`, where it is given. */
export function retireAfter({ retireAfterMinutes: said }: Record<string, unknown>): { retireAfterMinutes?: number } {
  if (said === undefined) return {};
  if (Number.isInteger(said) && (said as number) >= 0 && (said as number) <= LONGEST_GRACE)
    return { retireAfterMinutes: said as number };
  throw invalid(`"retireAfterMinutes" must be a whole number of minutes from 0 to ${LONGEST_GRACE}`);
}
