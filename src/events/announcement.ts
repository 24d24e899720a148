import type { AuditRecord, Outcome } from "../rotation/ledger.js";

/** `source` of every event that Keyturn puts on its bus. */
export const SOURCE = "keyturn";

const DETAIL_TYPES: Readonly<Record<Outcome, string>> = {
  succeeded: "Secret Rotation Succeeded",
  "rolled forward": "Secret Rotation Succeeded",
  skipped: "Secret Rotation Skipped",
  failed: "Secret Rotation Failed",
  "rolled back": "Secret Rotation Failed",
  "needs attention": "Secret Rotation Needs Attention",
};

/** The audit record as it is announced. The schema is `src/events/schema.json`; new fields may be added, none change. */
export interface AnnouncementDetail extends AuditRecord {
  /** Of this schema. */
  readonly version: "1";
  /** For a person: what happened, in a sentence or two. */
  readonly summary: string;
}

export function announcementOf(record: AuditRecord): { detailType: string; detail: AnnouncementDetail } {
  return { detailType: DETAIL_TYPES[record.outcome], detail: { version: "1", ...record, summary: summaryOf(record) } };
}

function summaryOf(record: AuditRecord): string {
  const secret = record.secretName ?? record.secretArn;
  const facts = record.facts ? ` ${record.facts.join(" ")}` : "";
  switch (record.outcome) {
    case "succeeded":
      return `The credential of ${secret} was rotated.`;
    case "skipped":
      return `The rotation of ${secret} was skipped (${record.reason}): ${record.message}`;
    case "rolled forward":
      return `The credential of ${secret} was rotated, after a failure (${record.reason}: ${record.message}).${facts}`;
    case "rolled back":
      return `The rotation of ${secret} failed and was rolled back (${record.reason}): ${record.message}${facts}`;
    case "failed":
      return `The rotation of ${secret} failed (${record.reason}): ${record.message}${facts}`;
    case "needs attention":
      return `The rotation of ${secret} needs a person (${record.reason}): ${record.message}${facts}`;
  }
}
