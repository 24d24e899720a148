import { MOST_NAMED } from "../fleet/list-overdue.js";
import { OVERDUE, type Overdue } from "../fleet/overdue.js";
import type { Fleet, Totals } from "../fleet/page.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

/** The secrets that should have been rotated long since: how many, why not, and which, up to a bound. */
export interface SecretsOverdue {
  readonly schedule: string;
  readonly scheduledAt: string;
  /** Of the look. */
  readonly executionArn: string;
  readonly overdue: number;
  readonly byReason: Readonly<Record<string, number>>;
  readonly secrets: readonly Overdue[];
  /** How many more there are. */
  readonly more: number;
}

export function overdueAnnouncement(
  { scheduledAt }: Pick<Fleet, "scheduledAt">,
  { leftOut: byReason, late = [] }: Totals,
  executionArn: string,
): Announcement<SecretsOverdue> {
  const overdue = Object.values(byReason).reduce((sum, count) => sum + count, 0);
  const secrets = late.slice(0, MOST_NAMED);
  const more = overdue - secrets.length;
  const reasons = Object.entries(byReason).map(([reason, count]) => `${reason} ${count}`);
  const names = secrets.slice(0, 10).map(({ secretName }) => secretName);
  const others = overdue > names.length ? ` and ${overdue - names.length} more` : "";
  return {
    detailType: DETAIL_TYPES.secretsOverdue,
    detail: {
      version: "1",
      schedule: OVERDUE,
      scheduledAt,
      executionArn,
      overdue,
      byReason,
      secrets,
      more,
      summary: `Overdue${reasons.length > 0 ? ` (${reasons.join(", ")})` : ""}: ${names.join(", ")}${others}.`,
    },
  };
}
