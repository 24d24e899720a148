import { WRITES_PER_SECOND } from "../../src/rotation/brakes.js";

/** What AWS allows, and the page that says so. */
export interface Quota {
  readonly limit: number;
  readonly of: string;
  readonly adjustable: boolean;
  readonly page: string;
}

const SECRETS_MANAGER = "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html";
const STEP_FUNCTIONS = "https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html";
const EVENT_BRIDGE = "https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html";
const LAMBDA = "https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html";
const WARM_THROUGHPUT =
  "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/warm-throughput-scenarios.html";

const quota = (limit: number, of: string, adjustable: boolean, page: string): Quota => ({
  limit,
  of,
  adjustable,
  page,
});

/**
 * As copies of the pages have them that could be read on 2026-11-28, that of Step Functions from 2023 or before: for eu-central-1 where
 * regions differ, and for an account that is not new.
 */
export const QUOTAS = {
  secrets: quota(500_000, "secrets in a region", false, SECRETS_MANAGER),
  secretWrites: quota(
    50,
    "PutSecretValue, UpdateSecret, UpdateSecretVersionStage and those of replication together, a second",
    false,
    SECRETS_MANAGER,
  ),
  secretLists: quota(100, "ListSecrets a second", false, SECRETS_MANAGER),
  secretReads: quota(10_000, "GetSecretValue a second", false, SECRETS_MANAGER),
  transitions: quota(500, "state transitions a second, after 800 at once", true, STEP_FUNCTIONS),
  starts: quota(150, "StartExecution a second, after 800 at once", true, STEP_FUNCTIONS),
  openExecutions: quota(1_000_000, "open executions", true, STEP_FUNCTIONS),
  history: quota(25_000, "events in the history of an execution", false, STEP_FUNCTIONS),
  stateBytes: quota(262_144, "bytes of a state's input or output", false, STEP_FUNCTIONS),
  eventsDelivered: quota(4_500, "invocations of rules' targets a second", true, EVENT_BRIDGE),
  environments: quota(1_000, "functions at work at once", true, LAMBDA),
  partitionWrites: quota(1_000, "write units a second for one key of a table or an index", false, WARM_THROUGHPUT),
} as const satisfies Record<string, Quota>;

/** Of the 50 writes a second Keyturn leaves some to others. */
export const WRITES_A_SECOND = WRITES_PER_SECOND;
