/** How the ledger's item of a secret's state is written and read: the lock, the last rotation, what it claims. */
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import type { Acquired, Holder, LastRotation, Remembered, Unsettled } from "../rotation/ledger.js";

export const UNSETTLED = "unsettled";
export const GIVE_BACK = "REMOVE heldBy, heldSince, heldFor, recovers, goesBackTo, door, writes";

/** Its secret stays in the index. */
export const ATTENTION = "needs attention";

export function stateKey(secretArn: string): Record<string, AttributeValue> {
  return marshall({ pk: `secret#${secretArn}`, sk: "state" });
}

function isFailure({ outcome }: Remembered): boolean {
  return outcome === "failed" || outcome === "rolled back" || outcome === ATTENTION;
}

export function remembering(last: Remembered, claims: readonly string[] | undefined): string {
  const set = [
    "lastExecution = :me",
    "outcome = :outcome",
    "endedAt = :endedAt",
    ...(last.rotatedAt ? [`rotatedAt = :rotatedAt, begunAt = ${last.begunAt ? ":begunAt" : "heldSince"}`] : []),
    ...(last.retireAfterMinutes === undefined ? [] : ["grace = :grace"]),
    ...(last.madeCurrent ? ["madeCurrent = :madeCurrent"] : []),
    ...(last.replaced ? ["replaced = :replaced"] : []),
    ...(claims ? ["claims = :claims"] : []),
    ...(last.engine ? ["lastEngine = :engine"] : []),
    ...(last.strategy ? ["lastStrategy = :strategy"] : []),
    ...(isFailure(last)
      ? ["attempts = if_not_exists(attempts, :none) + :one, lastReason = :reason, lastMessage = :message"]
      : []),
  ];
  const remove = [
    ...(isFailure(last) ? [] : ["attempts, lastReason, lastMessage"]),
    ...(last.rotatedAt && last.retireAfterMinutes === undefined ? ["grace"] : []),
    ...(last.madeCurrent && !last.replaced ? ["replaced"] : []),
  ];
  return `SET ${set.join(", ")}${remove.length > 0 ? ` REMOVE ${remove.join(", ")}` : ""}`;
}

export function unsettledFrom(state: Record<string, unknown>): Unsettled {
  const { pk, outcome, endedAt, attempts } = state as Record<string, string> & { attempts?: number };
  const holder = holderFrom(state);
  return {
    secretArn: String(pk).slice("secret#".length),
    ...(holder ? { holder } : {}),
    ...(outcome === ATTENTION ? { last: { endedAt: String(endedAt), failures: attempts ?? 1 } } : {}),
  };
}

export function holderFrom(state: Record<string, unknown>): Holder | undefined {
  const { heldBy, heldSince, heldFor = "rotation" } = state as Record<string, string>;
  const { recovers } = state as Pick<Holder, "recovers">;
  if (!heldBy) return undefined;
  const purpose = heldFor as Holder["purpose"];
  return { executionArn: heldBy, since: String(heldSince), purpose, ...(recovers ? { recovers } : {}) };
}

export function stateFrom(state: Record<string, unknown>): Omit<Extract<Acquired, { acquired: true }>, "acquired"> {
  const {
    lastExecution,
    outcome,
    endedAt,
    begunAt,
    rotatedAt,
    grace,
    attempts,
    madeCurrent,
    replaced,
    lastEngine,
    lastStrategy,
    lastReason,
    lastMessage,
    retired,
    claims,
    seed,
    goesBackTo,
    door,
    writes,
  } = state as Record<string, string> & {
    claims?: string[];
  };
  const last = {
    executionArn: lastExecution,
    outcome,
    endedAt,
    ...(rotatedAt ? { begunAt, rotatedAt } : {}),
    ...(grace === undefined ? {} : { retireAfterMinutes: Number(grace) }),
    ...(attempts ? { failures: Number(attempts) } : {}),
    ...(madeCurrent ? { madeCurrent } : {}),
    ...(replaced ? { replaced } : {}),
    ...(lastEngine ? { engine: lastEngine } : {}),
    ...(lastStrategy ? { strategy: lastStrategy } : {}),
    ...(lastReason ? { reason: lastReason, message: lastMessage } : {}),
  } as LastRotation;
  return {
    ...(endedAt ? { last } : {}),
    ...(retired ? { retiredVersionId: retired } : {}),
    claims: claims ?? [],
    seed: seed ?? "",
    ...(goesBackTo ? { backVersionId: goesBackTo } : {}),
    ...(door ? { door } : {}),
    ...(writes ? { versionId: writes } : {}),
  };
}

export function lastValues(remembered: Remembered, claims: readonly string[] | undefined): Record<string, unknown> {
  const { outcome, endedAt, begunAt, rotatedAt, retireAfterMinutes, madeCurrent, replaced, engine, strategy } =
    remembered;
  return {
    ":outcome": outcome,
    ":endedAt": endedAt,
    ...(rotatedAt ? { ":rotatedAt": rotatedAt } : {}),
    ...(begunAt ? { ":begunAt": begunAt } : {}),
    ...(retireAfterMinutes === undefined ? {} : { ":grace": retireAfterMinutes }),
    ...(madeCurrent ? { ":madeCurrent": madeCurrent } : {}),
    ...(replaced ? { ":replaced": replaced } : {}),
    ...(claims ? { ":claims": claims } : {}),
    ...(engine ? { ":engine": engine } : {}),
    ...(strategy ? { ":strategy": strategy } : {}),
    ...(isFailure(remembered)
      ? { ":none": 0, ":one": 1, ":reason": remembered.reason ?? "Unknown", ":message": remembered.message ?? "" }
      : {}),
  };
}
