import type { RefreshRecord } from "../rotation/consumers.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

const OF_OUTCOME: Readonly<Record<RefreshRecord["outcome"], string>> = {
  refreshed: DETAIL_TYPES.consumerRefreshed,
  failed: DETAIL_TYPES.consumerFailed,
};

/** The record of a refresh as it is announced. */
export function consumerAnnouncement(record: RefreshRecord): Announcement<RefreshRecord> {
  return { detailType: OF_OUTCOME[record.outcome], detail: { version: "1", ...record, summary: summaryOf(record) } };
}

function summaryOf({ consumer, outcome, reason, message }: RefreshRecord): string {
  return outcome === "failed"
    ? `The consumer ${consumer} may hold old credentials (${reason}): ${message} The rotation before it is not touched by that.`
    : `The consumer ${consumer} was told to take up new credentials. ${message}`;
}
