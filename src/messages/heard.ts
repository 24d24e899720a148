import { DETAIL_TYPES } from "../events/names.js";
import { isSecretArn } from "./named.js";

/** An event on the bus of announcements, as far as it is read: which record it speaks of, and not a word of what it says. */
export type Heard =
  | {
      readonly kind: "rotation" | "retirement";
      readonly detailType: string;
      readonly secretArn: string;
      readonly executionArn: string;
      readonly startedAt: string;
    }
  | {
      readonly kind: "change";
      readonly detailType: string;
      readonly secretArn: string;
      readonly versionId: string;
      readonly changedAt: string;
    }
  | {
      readonly kind: "refresh";
      readonly detailType: string;
      readonly consumer: string;
      readonly executionArn: string;
      readonly startedAt: string;
    }
  /** A dry run, which leaves no record. */
  | { readonly kind: "check"; readonly detailType: string; readonly secretArn: string; readonly executionArn: string }
  /** A fleet's run that ended, and rotations that are said to have failed in it. */
  | {
      readonly kind: "run";
      readonly detailType: string;
      readonly executionArn: string;
      readonly failures: readonly string[];
    }
  /** A look for secrets that are overdue. */
  | { readonly kind: "overdue"; readonly detailType: string; readonly executionArn: string }
  /** An execution that could not write its record. */
  | { readonly kind: "unrecorded"; readonly detailType: string; readonly executionArn: string };

const KINDS: Readonly<Record<string, Exclude<Heard["kind"], "unrecorded">>> = {
  [DETAIL_TYPES.rotationSucceeded]: "rotation",
  [DETAIL_TYPES.rotationSkipped]: "rotation",
  [DETAIL_TYPES.rotationFailed]: "rotation",
  [DETAIL_TYPES.rotationNeedsAttention]: "rotation",
  [DETAIL_TYPES.credentialRetired]: "retirement",
  [DETAIL_TYPES.retirementFailed]: "retirement",
  [DETAIL_TYPES.changedOutside]: "change",
  [DETAIL_TYPES.checkFailed]: "check",
  [DETAIL_TYPES.consumerRefreshed]: "refresh",
  [DETAIL_TYPES.consumerFailed]: "refresh",
  [DETAIL_TYPES.fleetRotated]: "run",
  [DETAIL_TYPES.fleetStopped]: "run",
  [DETAIL_TYPES.fleetChecked]: "run",
  [DETAIL_TYPES.secretsOverdue]: "overdue",
};

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
const EXECUTION = /^arn:[a-z-]+:states:[a-z0-9-]+:\d{12}:execution:[A-Za-z0-9_-]{1,80}:[^\s\p{C}]{1,80}$/u;
/** As keyturn.schema.json has it. */
const CONSUMER = /^[A-Za-z0-9_.-]{1,40}$/;
const VERSION = /^[A-Za-z0-9-]{1,64}$/;

/** `undefined` for an event that is not ours to tell, or not of our form. */
export function heardFrom(event: unknown): Heard | undefined {
  const { "detail-type": detailType, detail } = (event ?? {}) as Record<string, unknown>;
  const kind = KINDS[String(detailType)];
  if (!kind || typeof detailType !== "string" || typeof detail !== "object" || detail === null) return undefined;
  const { secretArn, executionArn, startedAt, versionId, changedAt, consumer } = detail as Record<string, unknown>;
  const of = { detailType };
  if (kind === "run" || kind === "overdue") {
    if (!fits(executionArn, EXECUTION)) return undefined;
    if (kind === "overdue") return { kind, ...of, executionArn };
    return { kind, ...of, executionArn, failures: executionsIn((detail as Record<string, unknown>).failures) };
  }
  // Written in the state machine itself, where the record could not be: it knows the execution only.
  const recorded = kind === "rotation" || kind === "retirement";
  if (recorded && secretArn === undefined)
    return fits(executionArn, EXECUTION) ? { kind: "unrecorded", ...of, executionArn } : undefined;
  if (kind === "refresh")
    return fits(consumer, CONSUMER) && fits(executionArn, EXECUTION) && fits(startedAt, TIME)
      ? { kind, ...of, consumer, executionArn, startedAt }
      : undefined;
  // Where a request named no secret that there is, this is what it said.
  if (typeof secretArn !== "string" || secretArn === "" || secretArn.length > 2_000) return undefined;
  if (kind === "change")
    return fits(versionId, VERSION) && fits(changedAt, TIME)
      ? { kind, ...of, secretArn, versionId, changedAt }
      : undefined;
  if (!fits(executionArn, EXECUTION)) return undefined;
  if (kind === "check") return { kind, ...of, secretArn, executionArn };
  return fits(startedAt, TIME) ? { kind, ...of, secretArn, executionArn, startedAt } : undefined;
}

/** For the log: what cannot be somebody's prose. */
export function identifiersOf(event: unknown): Readonly<Record<string, unknown>> {
  const heard = heardFrom(event);
  if (!heard) return { heard: "nothing of Keyturn's form" };
  return {
    heard: heard.detailType,
    ...("executionArn" in heard ? { executionArn: heard.executionArn } : {}),
    ...("secretArn" in heard && isSecretArn(heard.secretArn) ? { secretArn: heard.secretArn } : {}),
    ...("versionId" in heard ? { versionId: heard.versionId } : {}),
    ...("consumer" in heard ? { consumer: heard.consumer } : {}),
  };
}

/** As many as a run tells of. */
const MOST_FAILURES = 20;

/** Those in a list that are ARNs of executions. */
export function executionsIn(list: unknown): string[] {
  const all: unknown[] = Array.isArray(list) ? list.slice(0, MOST_FAILURES) : [];
  return all.filter((one): one is string => fits(one, EXECUTION));
}

function fits(value: unknown, form: RegExp): value is string {
  return typeof value === "string" && form.test(value);
}
