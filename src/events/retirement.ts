import type { RetirementRecord } from "../rotation/ledger.js";

const DETAIL_TYPES: Readonly<Record<RetirementRecord["outcome"], string>> = {
  retired: "Secret Credential Retired",
  failed: "Secret Retirement Failed",
};

/** The record of a retirement as it is announced. The schema is `src/events/retirement.schema.json`. */
export interface RetirementAnnouncement extends RetirementRecord {
  /** Of this schema. */
  readonly version: "1";
  /** For a person: what happened, in a sentence or two. */
  readonly summary: string;
}

export function retirementAnnouncement(record: RetirementRecord): {
  detailType: string;
  detail: RetirementAnnouncement;
} {
  return { detailType: DETAIL_TYPES[record.outcome], detail: { version: "1", ...record, summary: summaryOf(record) } };
}

function summaryOf({ secretName, secretArn, outcome, reason, message, username, sessions }: RetirementRecord): string {
  const secret = secretName ?? secretArn;
  if (outcome === "failed")
    return `The old credential of ${secret} could not be retired, and may still be valid (${reason}): ${message}`;
  const open =
    sessions === undefined
      ? "How many sessions of that user are open is not known."
      : `Open sessions of that user, which were left alone: ${sessions}.`;
  return `The old credential of ${secret}, of the user ${JSON.stringify(username)}, is refused from now on. ${open}`;
}
