import type { AuditRecord, Outcome } from "../rotation/ledger.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

const OF_OUTCOME: Readonly<Record<Outcome, string>> = {
  succeeded: DETAIL_TYPES.rotationSucceeded,
  "rolled forward": DETAIL_TYPES.rotationSucceeded,
  skipped: DETAIL_TYPES.rotationSkipped,
  failed: DETAIL_TYPES.rotationFailed,
  "rolled back": DETAIL_TYPES.rotationFailed,
  "needs attention": DETAIL_TYPES.rotationNeedsAttention,
};

/** The audit record as it is announced. */
export function rotationAnnouncement(record: AuditRecord): Announcement<AuditRecord> {
  return { detailType: OF_OUTCOME[record.outcome], detail: { version: "1", ...record, summary: summaryOf(record) } };
}

function summaryOf(record: AuditRecord): string {
  const secret = record.secretName ?? record.secretArn;
  const facts = record.facts ? ` ${record.facts.join(" ")}` : "";
  switch (record.outcome) {
    case "succeeded":
      if (record.restore) return `The credential of ${secret} from before was brought back.`;
      return `The credential of ${secret} was rotated.`;
    case "skipped":
      return `The rotation of ${secret} was skipped (${record.reason}): ${record.message}`;
    case "rolled forward":
      return `The credential of ${secret} was rotated, after a failure (${record.reason}). ${record.message}${facts}`;
    case "rolled back":
      return `The rotation of ${secret} failed and was rolled back (${record.reason}): ${record.message}${facts}`;
    case "failed":
      return `The rotation of ${secret} failed (${record.reason}): ${record.message}${facts}`;
    case "needs attention":
      return `The rotation of ${secret} needs a person (${record.reason}): ${record.message}${facts}`;
  }
}
