import { KeyturnError, parseMessage } from "../../errors.js";
import { type Caught, readCaught } from "../caught.js";
import type { Consumer, Consumers, Refresh, RefreshRecord } from "../consumers.js";
import type { RefreshLedger } from "../ledger.js";
import type { World } from "../ports.js";
import { type Asked, isOverdue, pollSeconds, turnOf } from "./turn.js";

/** What a try to have a consumer told has come to. */
export type Refreshed =
  | { readonly decision: "wait"; readonly seconds: number }
  /** It has ended, and is to be announced. */
  | { readonly decision: "ended"; readonly record: RefreshRecord }
  /** Another execution has had it told since, and has said how that ended; or there is no such consumer any more. */
  | { readonly decision: "covered" };

export interface RefreshRequest extends Asked {
  /** The consumer's name. */
  readonly name: string;
  /** The secret that was rotated. */
  readonly secretArn: string;
  /** What the tries before this one failed of, where there are to be no more. */
  readonly failed?: Caught;
}

/** What a refresh reaches. */
export interface RefreshWorld extends Pick<World, "clock"> {
  readonly ledger: RefreshLedger;
  readonly consumers: Consumers;
}

/**
 * Has a consumer told, or looks how far that is; one step, to be called again until it has ended. What is final ends it as
 * failed, which changes nothing of the rotation; what may pass is thrown, to be tried again. A start whose answer was
 * lost is started again.
 */
export async function refreshConsumer(
  world: RefreshWorld,
  consumer: Consumer | undefined,
  request: RefreshRequest,
): Promise<Refreshed> {
  if (!consumer) return { decision: "covered" };
  const { ledger, clock } = world;
  const last = await ledger.refreshOf(request.name);
  const turn = turnOf(last, request, consumer, clock());
  if (turn.decision === "covered" || turn.decision === "wait") return turn;
  if (turn.decision === "ended") {
    const record = await ledger.refreshRecord(request.name, turn.refresh);
    return record ? { decision: "ended", record } : { decision: "covered" };
  }
  const refresh = turn.decision === "look" ? turn.refresh : { by: request.by, startedAt: clock().toISOString() };
  if (turn.decision === "start" && !(await ledger.beginRefresh(request.name, refresh, last)))
    // Another was faster.
    return { decision: "wait", seconds: pollSeconds(refresh.startedAt, clock()) };
  const progress = await progressOf(world, consumer, request, refresh);
  if (progress === "under way") return { decision: "wait", seconds: pollSeconds(refresh.startedAt, clock()) };
  return end(world, consumer, request, refresh, progress);
}

async function progressOf(
  { ledger, consumers, clock }: RefreshWorld,
  consumer: Consumer,
  { name, failed }: RefreshRequest,
  refresh: Refresh,
): Promise<"under way" | "done" | KeyturnError> {
  try {
    if (failed) return given(failed);
    if (!refresh.handle) {
      const handle = await consumers.start(consumer.target, new Date(refresh.startedAt));
      await ledger.noteRefresh(name, { ...refresh, handle });
      return consumer.target.kind === "webhook" ? "done" : "under way";
    }
    const progress = await consumers.look(consumer.target, {
      handle: refresh.handle,
      startedAt: new Date(refresh.startedAt),
    });
    if (progress === "under way") return isOverdue(refresh, consumer, clock()) ? overdue(consumer) : progress;
    return progress === "done" ? progress : notTaken(progress.failed);
  } catch (error) {
    if (error instanceof KeyturnError && !error.retryable) return error;
    throw error;
  }
}

async function end(
  { ledger, clock }: RefreshWorld,
  { target: { kind } }: Consumer,
  { name, secretArn, by }: RefreshRequest,
  refresh: Refresh,
  ended: "done" | KeyturnError,
): Promise<Refreshed> {
  const error =
    ended === "done" ? undefined : { name: ended.name, code: ended.code, message: parseMessage(ended.message).text };
  const { record } = await ledger.recordRefresh({
    consumer: name,
    kind,
    executionArn: by,
    secretArn,
    outcome: error ? "failed" : "refreshed",
    reason: error?.code ?? "Refreshed",
    message: error?.message ?? DONE[kind],
    startedAt: refresh.startedAt,
    endedAt: clock().toISOString(),
    ...(error ? { error } : {}),
  });
  await ledger.endRefresh(name, refresh, record.outcome);
  return { decision: "ended", record };
}

const DONE = {
  ecs: "The service's deployment was completed, so each of its tasks began after the rotation.",
  lambda: "The function's configuration was updated, so that whatever invokes it gets a new environment.",
  ssm: "The command ended well on each of its instances.",
  webhook: "The API destination is called by this announcement. What it did of that is not known here.",
} as const satisfies Record<Consumer["target"]["kind"], string>;

function given(failed: Caught): KeyturnError {
  const { code, message } = readCaught(failed);
  return new KeyturnError("TransientError", { code, message });
}

function notTaken(message: string): KeyturnError {
  return new KeyturnError("ConflictError", { code: "NotTakenUp", message });
}

function overdue({ limitMinutes }: Consumer): KeyturnError {
  return new KeyturnError("ConflictError", {
    code: "TookTooLong",
    message:
      `It had not ended after ${limitMinutes} minutes. Look at it; where that is usual, set limitMinutes of the consumer in ` +
      "keyturn.yml higher.",
  });
}
