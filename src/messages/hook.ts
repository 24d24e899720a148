import { consoleUrl, cut, plain, quoted, sentencesOf, type Told } from "./told.js";

/** What a webhook gets, in the form that Standard Webhooks recommends: `docs/events/webhook.schema.json`. */
export interface HookMessage {
  /** Of the announcement, in dots: `secret.rotation.failed`. */
  readonly type: string;
  /** When it ended, or where it has no end when it was. */
  readonly timestamp: string;
  readonly data: {
    readonly version: "1";
    /** The announcement's `detail-type`. */
    readonly event: string;
    /** For a person: what happened, in a sentence or two. */
    readonly summary: string;
    /** A constant: how it ended, as records have it. */
    readonly outcome?: string;
    /** A constant, or the code of the error. */
    readonly reason?: string;
    readonly why?: string;
    /** What was found, sentence by sentence. */
    readonly facts?: readonly string[];
    /** What to do next, and what to type. */
    readonly next: string;
    readonly command?: string;
    readonly startedAt: string;
    readonly endedAt?: string;
    /** Absent where no secret is known. */
    readonly secretArn?: string;
    readonly secretName?: string;
    readonly executionArn?: string;
    /** Where AWS's console shows the execution. */
    readonly consoleUrl?: string;
    /** As the requester wrote it; nobody has checked it. */
    readonly requestedBy?: string;
    readonly requestedFor?: string;
    /** Of many secrets, a line each; of a secret that needs a person, what to run case by case. */
    readonly lines?: readonly string[];
  };
}

/** Bytes. Standard Webhooks recommends less than 20 kB. */
export const MOST_BYTES = 20_000;
const LONGEST = 2_000;
const MOST = 25;

export function hookOf(told: Told, event: string): HookMessage {
  const {
    outcome,
    reason,
    startedAt,
    endedAt,
    why,
    facts = [],
    next,
    command,
    secretArn,
    secretName,
    executionArn,
  } = told;
  const { askedBy = [], askedFor, appendix = [] } = told;
  const url = executionArn && consoleUrl(executionArn);
  const message: HookMessage = {
    type: typeOf(event),
    timestamp: endedAt ?? startedAt,
    data: {
      version: "1",
      event,
      summary: bounded(sentencesOf(told)),
      ...(outcome ? { outcome } : {}),
      ...(reason ? { reason } : {}),
      ...(why ? { why: bounded(why) } : {}),
      ...(facts.length > 0 ? { facts: facts.slice(0, MOST).map(bounded) } : {}),
      next,
      ...(command ? { command } : {}),
      startedAt,
      ...(endedAt ? { endedAt } : {}),
      ...(secretArn ? { secretArn } : {}),
      ...(secretName ? { secretName } : {}),
      ...(executionArn ? { executionArn } : {}),
      ...(url ? { consoleUrl: url } : {}),
      ...(askedBy.length > 0 ? { requestedBy: quoted(askedBy.join(", because: ")) } : {}),
      ...(askedFor ? { requestedFor: quoted(askedFor) } : {}),
      ...(appendix.length > 0 ? { lines: appendix.slice(0, MOST).map((one) => one.match(/^ */) + bounded(one)) } : {}),
    },
  };
  if (Buffer.byteLength(JSON.stringify(message)) <= MOST_BYTES) return message;
  const { facts: _, lines: __, ...data } = message.data;
  return { ...message, data };
}

/** `Secret Rotation Needs Attention` is `secret.rotation.needs_attention`. */
export function typeOf(event: string): string {
  const [about = "", what = "", ...how] = event.toLowerCase().split(" ");
  return [about, what, ...(how.length > 0 ? [how.join("_")] : [])].join(".");
}

function bounded(text: string): string {
  return cut(plain(text), LONGEST);
}
