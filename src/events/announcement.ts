import type { Check } from "../rotation/dry-run/checklist.js";
import type { AuditRecord, Outcome } from "../rotation/ledger.js";
import type { RequestSummary } from "../rotation/request.js";

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

/** What a dry run found wrong, as it is announced. The same schema, without what only a rotation has. */
export interface CheckAnnouncement
  extends Pick<
    AuditRecord,
    | "secretArn"
    | "secretName"
    | "executionArn"
    | "trigger"
    | "requestedBy"
    | "requestReason"
    | "schedule"
    | "reason"
    | "message"
    | "startedAt"
    | "endedAt"
  > {
  readonly version: "1";
  readonly summary: string;
  readonly outcome: "check failed";
  readonly checks: readonly Check[];
}

export interface FailedChecks
  extends Pick<CheckAnnouncement, "secretArn" | "secretName" | "executionArn" | "startedAt" | "endedAt"> {
  readonly request?: RequestSummary;
  /** Of what failed first. */
  readonly reason: string;
  readonly message: string;
  readonly checks: readonly Check[];
}

export function checkFailed({ request, ...found }: FailedChecks): { detailType: string; detail: CheckAnnouncement } {
  const wrong = found.checks.filter(({ ok }) => !ok).map(({ code, message }) => `${code}: ${message}`);
  const secret = found.secretName ?? found.secretArn;
  return {
    detailType: "Secret Check Failed",
    detail: {
      version: "1",
      summary: `The rotation of ${secret} would fail. ${[...new Set(wrong)].join(" ")}`,
      outcome: "check failed",
      trigger: request?.trigger ?? "manual",
      ...(request?.requestedBy ? { requestedBy: request.requestedBy } : {}),
      ...(request?.reason ? { requestReason: request.reason } : {}),
      ...(request?.schedule ? { schedule: request.schedule } : {}),
      ...found,
    },
  };
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
