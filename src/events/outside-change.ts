import type { OutsideChange } from "../rotation/ledger.js";

/** The detail of `Secret Changed Outside Keyturn`. */
export interface OutsideChangeAnnouncement extends OutsideChange {
  /** Of this schema. */
  readonly version: "1";
  /** For a person: what happened, in a sentence or two. */
  readonly summary: string;
}

export function outsideChangeAnnouncement(change: OutsideChange): OutsideChangeAnnouncement {
  const { secretName, versionId, previousVersionId } = change;
  return {
    version: "1",
    ...change,
    summary:
      `AWSCURRENT of ${secretName} was moved from ${previousVersionId} to ${versionId}, and not by Keyturn. If that was ` +
      "meant, nothing is to be done: the next rotation goes on from there. Whether it logs in, a dry run says.",
  };
}
