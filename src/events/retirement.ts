import type { RetirementRecord } from "../rotation/ledger.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

const OF_OUTCOME: Readonly<Record<RetirementRecord["outcome"], string>> = {
  retired: DETAIL_TYPES.credentialRetired,
  failed: DETAIL_TYPES.retirementFailed,
};

/** The record of a retirement as it is announced. */
export function retirementAnnouncement(record: RetirementRecord): Announcement<RetirementRecord> {
  return { detailType: OF_OUTCOME[record.outcome], detail: { version: "1", ...record, summary: summaryOf(record) } };
}

function summaryOf(record: RetirementRecord): string {
  const { secretName, secretArn, outcome, reason, message, username, sessions, consumersBehind } = record;
  const secret = secretName ?? secretArn;
  if (outcome === "failed")
    return `The old credential of ${secret} could not be retired, and may still be valid (${reason}): ${message}`;
  const open =
    sessions === undefined
      ? "How many sessions of that user are open is not known."
      : `Open sessions of that user, which were left alone: ${sessions}.`;
  const behind = consumersBehind
    ? ` These consumers were not known to have taken up the new one: ${consumersBehind.join(", ")}.`
    : "";
  return `The old credential of ${secret}, of the user ${JSON.stringify(username)}, is refused from now on. ${open}${behind}`;
}
