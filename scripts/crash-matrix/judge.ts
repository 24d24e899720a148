import type { AuditRecord } from "../../src/rotation/ledger.js";

/** What is found when the fault is lifted and recovery has run. */
export interface Found {
  readonly firstVersion: string;
  readonly labels: Readonly<Record<string, readonly string[]>>;
  readonly currentLogsIn: boolean;
  /** The oldest first. */
  readonly records: readonly AuditRecord[];
  /** Announcements by execution. */
  readonly announced: ReadonlyArray<{
    readonly executionArn: string;
    readonly outcome: string;
    readonly reason: string;
  }>;
  /** The execution that died. */
  readonly executionArn: string;
  /** How the rotation after it ended. */
  readonly next: string;
  readonly nextLogsIn: boolean;
}

export interface Verdict {
  readonly lockout: boolean;
  readonly stuck: boolean;
  /** What is wrong with the records; nothing where they are true. */
  readonly untrue: readonly string[];
}

export function judge(found: Found): Verdict {
  const current = Object.keys(found.labels).filter((id) => found.labels[id]?.includes("AWSCURRENT"));
  return {
    lockout: !found.currentLogsIn || !found.nextLogsIn || current.length !== 1,
    stuck: found.next !== "succeeded",
    untrue: untruths(found, current[0] ?? ""),
  };
}

/** Follows the records from version to version: they have to lead to where AWSCURRENT is. */
function untruths({ records, announced, executionArn, firstVersion }: Found, current: string): string[] {
  const wrong: string[] = [];
  const own = records.filter((record) => record.executionArn === executionArn);
  // Where not even the lock could be taken there is nothing to record, and it is announced that nothing was.
  const isSaid = announced.some((one) => one.executionArn === executionArn && one.reason === "NotRecorded");
  if (own.length !== 1 && !(own.length === 0 && isSaid))
    wrong.push(`the execution that died has ${own.length} records`);
  let at = [firstVersion];
  for (const { outcome, previousVersionId = "", versionId = "" } of records) {
    // It says itself that either may be current.
    if (outcome === "needs attention") at = [...at, versionId];
    else if (outcome === "succeeded" || outcome === "rolled forward") {
      if (!at.includes(previousVersionId)) wrong.push(`${outcome} from ${previousVersionId}, which was not current`);
      at = [versionId];
    } else if (at.length === 1 && at[0] === versionId) wrong.push(`${outcome}, and its new version is current`);
  }
  if (!at.includes(current)) wrong.push("the records do not lead to the version that is current");
  for (const record of records) {
    const said = announced.filter((one) => one.executionArn === record.executionArn);
    const isTold = said.some(({ outcome, reason }) => outcome === record.outcome || reason === "NotRecorded");
    if (!isTold) wrong.push(`${record.outcome}, and nobody was told`);
  }
  return wrong;
}
