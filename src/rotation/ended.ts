import { object, required } from "./input.js";
import type { Executions, KnownExecution } from "./ports.js";
import { type RotationRequest, understood } from "./request.js";

/** A rotation whose execution ended where no Catch could act. All of it is as Step Functions tells it. */
export interface EndedExecution {
  readonly executionArn: string;
  /** `FAILED`, `TIMED_OUT`, `ABORTED`; or `SUCCEEDED`, where only its lock was left. */
  readonly status: string;
  readonly startedAt: Date;
  /** The request that this was. */
  readonly request: RotationRequest;
  /** How many recoveries of it, one after the other, were themselves cut off. */
  readonly recoveries: number;
}

/** What a recovery is started with: the execution to look after, and whether by the schedule. */
export interface RecoveryRequest {
  readonly executionArn: string;
  /** By the schedule that looks after what is left: it pauses longer each time instead of giving up. */
  readonly scheduled: boolean;
}

export function isRunning(execution: Pick<KnownExecution, "status"> | undefined): boolean {
  return execution?.status === "RUNNING" || execution?.status === "PENDING_REDRIVE";
}

/** Whether an input, understood or not, is that of a recovery. */
export function isRecovery(input: unknown): boolean {
  return (input as { trigger?: unknown } | null)?.trigger === "recovery";
}

/** Reads `{ trigger: "recovery", ended: { executionArn } }`. Throws `InvalidRequest` for anything else. */
export function parseRecovery(input: unknown): RecoveryRequest {
  const given = object(input, "the input");
  const executionArn = required(object(given.ended, "ended"), "executionArn");
  return { executionArn, scheduled: given.scheduled === true };
}

/** Why there is nothing to look after. The names are in the outputs of `rotate-secret`. */
export const NOTHING_ENDED = {
  StillRunning: "The execution has not ended.",
  NoSuchExecution: "The execution is none of this state machine's, or Step Functions has forgotten it.",
  NothingAsked: "What the execution was started with asked for nothing.",
} as const;

export type NothingEnded = keyof typeof NOTHING_ENDED;

/**
 * The rotation that an execution leaves behind. Only its ARN is taken from whoever asks, because anybody may ask: status,
 * start and input are Step Functions' own. A recovery that was itself cut off is one in the name of the execution that it
 * looked after. `own`: the asking execution, whose machine it must be; the ledger's holders always are.
 */
export async function lookUpEnded(
  { lookUp }: Pick<Executions, "lookUp">,
  executionArn: string,
  own = executionArn,
): Promise<EndedExecution | NothingEnded> {
  if (machineOf(executionArn) !== machineOf(own)) return "NoSuchExecution";
  let arn = executionArn;
  for (let recoveries = 0; recoveries <= MOST_HOPS; recoveries++) {
    const found = await lookUp(arn);
    if (!found) return "NoSuchExecution";
    if (isRunning(found)) return "StillRunning";
    const input = json(found.input);
    if (isRecovery(input)) {
      // One that ended by itself has looked after what it was for.
      if (found.status === "SUCCEEDED") return "NoSuchExecution";
      arn = recovered(input) ?? "";
      if (machineOf(arn) !== machineOf(own)) return "NoSuchExecution";
      continue;
    }
    const request = understood(input, found.startedAt);
    if (!request) return "NothingAsked";
    return { executionArn: arn, status: found.status, startedAt: found.startedAt, request, recoveries };
  }
  return "NoSuchExecution";
}

/** More than are ever made before they give up. */
const MOST_HOPS = 10;

function recovered(input: unknown): string | undefined {
  const { ended } = input as { ended?: { executionArn?: unknown } };
  return typeof ended?.executionArn === "string" ? ended.executionArn : undefined;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** An execution's name stands behind its machine's. */
export function machineOf(executionArn: string): string {
  return executionArn.replace(":execution:", ":stateMachine:").replace(/:[^:]*$/, "");
}

/** An execution that ended, as it is kept in states. */
export interface EndedSummary {
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt: string;
}

export function summaryOfEnded({ executionArn, status, startedAt }: EndedExecution): EndedSummary {
  return { executionArn, status, startedAt: startedAt.toISOString() };
}
