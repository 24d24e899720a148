import type { Details } from "../../src/events/details.js";

/** An event of each kind, and what of its `detail` a rule may match besides. */
export interface Example<Key extends keyof Details> {
  readonly when: string;
  readonly detail: Details[Key];
  readonly match?: Readonly<Record<string, readonly unknown[]>>;
}

const ACCOUNT = "eu-central-1:123456789012";
const execution = (machine: string) =>
  `arn:aws:states:${ACCOUNT}:execution:keyturn-dev-${machine}:0f2c1f0e-7d55-4c1e-9a53-6c9b0d1e2f3a`;
const secretArn = `arn:aws:secretsmanager:${ACCOUNT}:secret:shop/orders-AbCdEf`;
const version = "1" as const;
const secret = { secretArn, secretName: "shop/orders" };
const times = { startedAt: "2026-11-28T02:00:11.100Z", endedAt: "2026-11-28T02:00:12.300Z" };
const versions = {
  previousVersionId: "5b1f0c1e-0000-4000-8000-000000000001",
  versionId: "9d2e7a3c-0000-5000-8000-000000000002",
};
const run = "nightly 2026-11-28T02:00:00Z";
const rotation = {
  version,
  ...secret,
  executionArn: execution("rotate-secret"),
  trigger: "schedule",
  schedule: "nightly",
  run,
} as const;
const rotated = {
  ...{ engine: "postgres", strategy: "single-user" as const },
  ...versions,
  ...times,
  phases: [
    { name: "create", ms: 139, attempts: 1 },
    { name: "set", ms: 212, attempts: 1 },
    { name: "test", ms: 201, attempts: 1 },
    { name: "finish", ms: 121, attempts: 1 },
  ],
};
const probeFailed = {
  name: "InvalidSecretError",
  code: "ProbeFailed",
  message: "The secret's probe failed with the new credential (SQLSTATE 42703).",
};
const fleet = {
  ...{ version, schedule: "nightly", scheduledAt: "2026-11-28T02:00:00Z", executionArn: execution("rotate-fleet") },
  ...{ rotated: 41, skipped: 2, failed: 1, checked: 0 },
  byReason: { ServerBusy: 2, ProbeFailed: 1 },
  leftOut: { NotDue: 956 },
  failures: [execution("rotate-secret")],
};
const refresh = {
  version,
  consumer: "orders-api",
  kind: "ecs" as const,
  executionArn: execution("refresh-consumers"),
  secretArn,
  ...times,
};
const OURS = { secretName: [{ prefix: "shop/" }] };

export const EXAMPLES: { readonly [Key in keyof Details]: Example<Key> } = {
  rotationRequested: {
    when: "What Keyturn listens to, on the bus `keyturn-<stage>-requests`: put it there to have a secret rotated, or a `selection` of them.",
    detail: { secretId: "shop/orders", reason: "leaked", requestedBy: "anna", retireAfterMinutes: 0 },
  },
  rotationSucceeded: {
    when: "A new credential is current; `rolled forward`: after a failure.",
    detail: {
      ...rotation,
      ...rotated,
      summary: "The credential of shop/orders was rotated.",
      outcome: "succeeded",
      reason: "Started",
      message: "A new rotation was started.",
    },
    match: OURS,
  },
  rotationSkipped: {
    when: "Nothing was to be done; `reason` says why.",
    detail: {
      ...rotation,
      ...times,
      summary: "The rotation of shop/orders was skipped (ServerBusy): Its server is busy with others.",
      outcome: "skipped",
      reason: "ServerBusy",
      message: "Its server is busy with others.",
      phases: [],
    },
  },
  rotationFailed: {
    when: "The old credential is current and works (`rolled back`), or nothing was changed (`failed`).",
    detail: {
      ...rotation,
      ...rotated,
      summary: `The rotation of shop/orders failed and was rolled back (ProbeFailed): ${probeFailed.message}`,
      outcome: "rolled back",
      reason: "ProbeFailed",
      message: probeFailed.message,
      error: probeFailed,
      facts: ["AWSCURRENT logs in.", "AWSPENDING was taken off."],
    },
    match: { reason: [{ "anything-but": ["ServerSilent", "ConnectTimeout"] }] },
  },
  rotationNeedsAttention: {
    when: "A person must look: `facts` says at what, `settle` what to run. Without a `secretArn`: no record could be written.",
    detail: {
      ...rotation,
      ...rotated,
      summary: "The rotation of shop/orders needs a person (ConnectTimeout): The database gave no answer.",
      outcome: "needs attention",
      reason: "ConnectTimeout",
      message: "The database gave no answer.",
      facts: ["Neither version could be tried. Both are kept."],
      settle: [{ when: "What stopped it is mended.", run: ["aws stepfunctions start-execution …"] }],
    },
  },
  credentialRetired: {
    when: "The old credential is refused from now on; `sessions` of it were open, and were left alone.",
    detail: {
      version,
      ...secret,
      ...versions,
      ...times,
      executionArn: execution("retire-secret"),
      rotationArn: execution("rotate-secret"),
      summary:
        'The old credential of shop/orders, of the user "orders", is refused from now on. Open sessions of that user, which were left alone: 3.',
      outcome: "retired",
      reason: "Retired",
      message: "The old credential is refused.",
      engine: "postgres",
      strategy: "alternating-users",
      username: "orders",
      sessions: 3,
    },
    match: { sessions: [{ numeric: [">", 0] }] },
  },
  retirementFailed: {
    when: "The old credential may still be valid; `reason` says why.",
    detail: {
      version,
      ...secret,
      ...times,
      executionArn: execution("retire-secret"),
      summary:
        "The old credential of shop/orders could not be retired, and may still be valid (LockHeld): A rotation held the lock.",
      outcome: "failed",
      reason: "LockHeld",
      message: "A rotation held the lock.",
    },
  },
  changedOutside: {
    when: "Somebody else moved AWSCURRENT.",
    detail: {
      version,
      ...secret,
      ...versions,
      changedAt: times.startedAt,
      summary: "AWSCURRENT of shop/orders was moved, and not by Keyturn.",
    },
    match: OURS,
  },
  checkFailed: {
    when: "A dry run found something wrong; `checks` lists everything that was looked at.",
    detail: {
      version,
      ...secret,
      ...times,
      executionArn: execution("check-secret"),
      trigger: "schedule",
      schedule: "doctor",
      summary: "The rotation of shop/orders would fail. ConnectTimeout: The database gave no answer.",
      outcome: "check failed",
      reason: "ConnectTimeout",
      message: "The database gave no answer.",
      checks: [
        {
          phase: "set",
          check: "Completed",
          ok: false,
          code: "ConnectTimeout",
          message: "The database gave no answer.",
        },
      ],
    },
  },
  consumerRefreshed: {
    when: "A consumer was told to take up new credentials, and has.",
    detail: {
      ...refresh,
      summary: "The consumer orders-api was told to take up new credentials. Its deployment has ended.",
      outcome: "refreshed",
      reason: "Refreshed",
      message: "Its deployment has ended.",
    },
    match: { consumer: ["orders-api"] },
  },
  consumerFailed: {
    when: "It may hold old ones. The rotation is as good as it was.",
    detail: {
      ...refresh,
      summary: "The consumer orders-api may hold old credentials (TookTooLong): Its deployment has not ended.",
      outcome: "failed",
      reason: "TookTooLong",
      message: "Its deployment has not ended.",
    },
  },
  fleetStarted: {
    when: "A run begins: a schedule's, or under the name `request` what somebody asked for.",
    detail: {
      version,
      schedule: "nightly",
      scheduledAt: "2026-11-28T02:00:00Z",
      summary: "Schedule nightly: its rotations begin.",
    },
    match: { schedule: ["nightly"] },
  },
  fleetStopped: {
    when: "Too much of a wave failed, and the secrets after it are untouched.",
    detail: {
      ...fleet,
      summary: "Schedule nightly stopped itself: 41 rotated, 2 skipped, 1 failed (ServerBusy 2, ProbeFailed 1).",
    },
  },
  fleetRotated: {
    when: "A run ended.",
    detail: { ...fleet, summary: "Schedule nightly: 41 rotated, 2 skipped, 1 failed (ServerBusy 2, ProbeFailed 1)." },
    match: { failed: [{ numeric: [">", 0] }] },
  },
  fleetChecked: {
    when: "The doctor's run ended.",
    detail: {
      ...fleet,
      schedule: "doctor",
      ...{ rotated: 0, skipped: 0, failed: 1, checked: 1000, byReason: { ProbeFailed: 1 }, leftOut: {} },
      summary: "Schedule doctor: 1000 checked, 0 skipped, 1 failed (ProbeFailed 1).",
    },
  },
  secretsOverdue: {
    when: "Secrets should have been rotated long since: by the first reason that holds, and up to 50 by name.",
    detail: {
      version,
      schedule: "overdue",
      scheduledAt: "2026-11-28T08:00:00Z",
      executionArn: execution("rotate-fleet"),
      overdue: 1,
      byReason: { Failing: 1 },
      secrets: [{ secretName: "shop/orders", reason: "Failing" }],
      more: 0,
      summary: "Overdue (Failing 1): shop/orders.",
    },
  },
};
