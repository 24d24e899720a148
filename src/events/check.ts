import type { Findings } from "../rotation/dry-run/sum-up.js";
import type { AuditRecord } from "../rotation/ledger.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

/** What a dry run found wrong. */
export interface FailedCheck
  extends Pick<AuditRecord, "secretArn" | "secretName" | "executionArn" | "message" | "startedAt" | "endedAt">,
    Pick<AuditRecord, "trigger" | "requestedBy" | "requestReason" | "schedule" | "run">,
    Pick<Findings, "reason" | "checks"> {
  readonly outcome: "check failed";
}

export function checkAnnouncement({ request, ...found }: Findings): Announcement<FailedCheck> {
  const wrong = found.checks.filter(({ ok }) => !ok).map(({ code, message }) => `${code}: ${message}`);
  const secret = found.secretName ?? found.secretArn;
  return {
    detailType: DETAIL_TYPES.checkFailed,
    detail: {
      version: "1",
      summary: `The rotation of ${secret} would fail. ${[...new Set(wrong)].join(" ")}`,
      outcome: "check failed",
      trigger: request?.trigger ?? "manual",
      ...(request?.requestedBy ? { requestedBy: request.requestedBy } : {}),
      ...(request?.reason ? { requestReason: request.reason } : {}),
      ...(request?.schedule ? { schedule: request.schedule } : {}),
      ...(request?.run ? { run: request.run } : {}),
      ...found,
    },
  };
}
