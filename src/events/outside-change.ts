import type { OutsideChange } from "../rotation/ledger.js";
import type { Announcement } from "./announcement.js";
import { DETAIL_TYPES } from "./names.js";

export function outsideChangeAnnouncement(change: OutsideChange): Announcement<OutsideChange> {
  const { secretName, versionId, previousVersionId } = change;
  return {
    detailType: DETAIL_TYPES.changedOutside,
    detail: {
      version: "1",
      ...change,
      summary:
        `AWSCURRENT of ${secretName} was moved from ${previousVersionId} to ${versionId}, and not by Keyturn. If that was ` +
        "meant, nothing is to be done: the next rotation goes on from there. Whether it logs in, a dry run says.",
    },
  };
}
