/** `source` of every event that Keyturn puts on its bus. */
export const SOURCE = "keyturn";

/**
 * The `detail-type` of what Keyturn announces, and of the one event that it listens to. They stand here once: code imports
 * them, infra/ makes rules of them, serverless.yml hands them to the state machines. Others match on them, so none is
 * renamed.
 */
export const DETAIL_TYPES = {
  rotationRequested: "Rotation Requested",
  rotationSucceeded: "Secret Rotation Succeeded",
  rotationSkipped: "Secret Rotation Skipped",
  rotationFailed: "Secret Rotation Failed",
  rotationNeedsAttention: "Secret Rotation Needs Attention",
  credentialRetired: "Secret Credential Retired",
  retirementFailed: "Secret Retirement Failed",
  changedOutside: "Secret Changed Outside Keyturn",
  checkFailed: "Secret Check Failed",
  consumerRefreshed: "Consumer Refreshed",
  consumerFailed: "Consumer Refresh Failed",
  fleetStarted: "Fleet Rotation Started",
  fleetStopped: "Fleet Rotation Stopped",
  fleetRotated: "Fleet Rotation Completed",
  fleetChecked: "Fleet Check Completed",
  secretsOverdue: "Secrets Overdue",
} as const;
