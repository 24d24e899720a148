import type { Outcome } from "../../../src/rotation/ledger.js";
import {
  answers,
  failed,
  fails,
  gives,
  type Row,
  type Script,
  scenarios,
  state,
  succeeded,
  throws,
} from "../scenario.js";
import {
  ASKED,
  announced,
  ENDED,
  ENDS_FAILED,
  NOTHING,
  PHASE,
  PREPARED,
  plans,
  RECOVER,
  records,
  rolledBack,
  USUAL,
  WAIT,
} from "./rotation.js";
import { NOT_PUT, ROTATE, ROTATION, SECRET } from "./world.js";

const REPLICATED = { Plan: plans({ ...ROTATE, replicas: true }) };
const NATIVE = { Plan: plans({ ...ROTATE, native: "begun" }) };
const TO_BEGIN = { Plan: plans({ ...ROTATE, native: "to begin" }) };
const THROTTLED = Array.from({ length: 5 }, () => fails("DynamoDb.ThrottlingException")).flat();

const CREATES = "Plan → Decide → Create secret";
const REPLICATES = "Plan → Decide → Create replicated secret → Wait for replicas";
const STORES = "Plan → Decide → Prepare secret → Store secret → Are there replicas?";
const PHASES = "Set secret → Test secret → Finish secret";
const TOLD = "Record → Announce → Give the lock back → How did it end? → Rotation ended";
const OUTCOME = "Record outcome → Anything to tell?";
const OUTCOME_TOLD = `${OUTCOME} → Announce outcome → Is the lock held? → Give the lock back → How did it end?`;
const RECOVERS = "Plan → Decide → Begin to recover → Wait for its functions → Roll back";
const WAITS = "Plan → Decide → Wait for others";
const AGAIN = `Plan again → Decide → Create secret → ${PHASES}`;
const UNRECORDED = "Announce unrecorded → How did it end, unrecorded?";

/** Ends with what is announced of such an outcome. */
const well = (outcome: Outcome, path: string, script: Script = {}, tries: Row["tries"] = {}) => ({
  ...{ path, script, tries },
  end: succeeded(announced(outcome).detail),
});
/** Is rolled back, and fails. */
const badly = (path: string, script: Script) => ({
  path: `${path} → ${OUTCOME_TOLD} → Rotation failed`,
  script: { "Record outcome": records("rolled back", ENDS_FAILED), ...script },
  end: failed(ENDS_FAILED.error, ENDS_FAILED.cause),
});

export const rotateSecret = scenarios(
  "rotate-secret",
  { input: { secretId: SECRET.secretName }, script: USUAL },
  {
    "a rotation goes well": {
      ...well("succeeded", `${CREATES} → ${PHASES} → ${TOLD}`),
      told: {
        "Set secret": { Payload: { plan: ROTATE, created: { created: true } } },
        Record: state({ phases: { create: PHASE, set: PHASE, test: PHASE, finish: PHASE } }),
        Announce: { Entries: [{ Detail: announced("succeeded").detail, Resources: [SECRET.secretArn] }] },
      },
    },
    "a rotation with replicas goes well": well("succeeded", `${REPLICATES} → ${PHASES} → ${TOLD}`, REPLICATED),
    "Secrets Manager rotates it, too, and waits for the version": {
      ...well("succeeded", `${STORES} → ${PHASES} → ${TOLD}`, NATIVE),
      told: {
        "Store secret": { Payload: { prepared: PREPARED, enteredAt: PHASE.startedAt } },
        "Set secret": { Payload: { created: { created: true } } },
        Record: state({ phases: { create: PHASE, set: PHASE, test: PHASE, finish: PHASE } }),
      },
    },
    "Secrets Manager rotates it, too, and has to be told to begin": {
      ...well(
        "succeeded",
        `Plan → Decide → Begin native rotation → Prepare secret → Store secret → Are there replicas? → ${PHASES} → ${TOLD}`,
        TO_BEGIN,
      ),
      told: { "Begin native rotation": { SecretId: SECRET.secretArn, ClientRequestToken: ROTATE.versionId } },
    },
    "Secrets Manager rotates it, too, and it has replicas": well(
      "succeeded",
      `${STORES} → Wait for replicas → ${PHASES} → ${TOLD}`,
      { Plan: plans({ ...ROTATE, native: "begun", replicas: true }) },
    ),
    "it is not due": well("skipped", `Plan → Decide → ${OUTCOME_TOLD} → Rotation ended`, {
      Plan: plans({ ...ASKED, decision: "skip", reason: "NotDue" }),
    }),
    "another rotates it, so the lock is not held": well(
      "skipped",
      `Plan → Decide → ${OUTCOME} → Announce outcome → Is the lock held? → How did it end? → Rotation ended`,
      {
        Plan: plans({ ...ASKED, decision: "skip", reason: "AlreadyRotating" }),
        "Record outcome": records("skipped", { held: false }),
      },
    ),
    "Plan fails": badly("Plan → Plan failed", { Plan: throws("AccessDeniedError") }),

    // Each phase fails for good.
    "Create secret fails": badly(`${CREATES} → Roll back`, { "Create secret": throws("ConflictError") }),
    "Create secret fails for a secret with replicas": badly("Plan → Decide → Create replicated secret → Roll back", {
      ...REPLICATED,
      "Create replicated secret": throws("ConflictError"),
    }),
    "Secrets Manager does not begin": badly("Plan → Decide → Begin native rotation → Roll back", {
      ...TO_BEGIN,
      "Begin native rotation": fails("SecretsManager.InvalidRequestException"),
    }),
    "Secrets Manager does not begin, whatever it is": {
      ...badly("Plan → Decide → Begin native rotation → Roll back", {
        ...TO_BEGIN,
        "Begin native rotation": fails("SecretsManager.AccessDeniedException"),
      }),
      tries: { "Begin native rotation": 6 },
    },
    "Prepare secret fails": badly("Plan → Decide → Prepare secret → Roll back", {
      ...NATIVE,
      "Prepare secret": throws("CredentialRejectedError"),
    }),
    "Store secret fails": badly("Plan → Decide → Prepare secret → Store secret → Roll back", {
      ...NATIVE,
      "Store secret": throws("ConflictError"),
    }),
    "a replica refuses the version": badly(`${REPLICATES} → Roll back`, {
      ...REPLICATED,
      "Wait for replicas": throws("ConflictError"),
    }),
    "the database refuses the change": badly(`${CREATES} → Set secret → Roll back`, {
      "Set secret": throws("CredentialRejectedError"),
    }),
    "the new credential does not log in": badly(`${CREATES} → Set secret → Test secret → Roll back`, {
      "Test secret": throws("CredentialRejectedError"),
    }),
    "AWSCURRENT was moved meanwhile": badly(`${CREATES} → ${PHASES} → Roll back`, {
      "Finish secret": throws("ConflictError"),
    }),
    "the roll back finds that forward is shorter": {
      ...well("rolled forward", `${CREATES} → ${PHASES} → Roll back → ${OUTCOME_TOLD} → Rotation ended`, {
        "Finish secret": throws("InternalError"),
        "Roll back": rolledBack("rolled forward"),
        "Record outcome": records("rolled forward"),
      }),
      told: { "Record outcome": state({ rollBack: { report: { outcome: "rolled forward" } } }) },
    },
    "the roll back fails, too": {
      ...badly(`${CREATES} → Set secret → Roll back`, {
        "Set secret": throws("CredentialRejectedError"),
        "Roll back": throws("AccessDeniedError"),
      }),
      told: {
        "Record outcome": state({
          failed: { set: { Error: "CredentialRejectedError" }, rollBack: { Error: "AccessDeniedError" } },
        }),
      },
    },

    // What another execution does, or left.
    "a recovery brings to rest": {
      input: { trigger: "recovery", ended: { executionArn: ROTATION } },
      ...well("rolled back", `${RECOVERS} → ${OUTCOME_TOLD} → Rotation ended`, {
        Plan: plans(RECOVER),
        "Record outcome": records("rolled back"),
      }),
    },
    "a recovery finds nothing to look after": {
      script: { Plan: plans(NOTHING) },
      path: "Plan → Decide → Nothing to recover",
      end: succeeded(NOTHING),
    },
    "a recovery finds that all was done and told": well(
      "failed",
      `Plan → Decide → ${OUTCOME} → How did it end? → Rotation ended`,
      {
        Plan: plans({ ...ASKED, decision: "note", ended: ENDED }),
        "Record outcome": records("failed", { held: false, announce: false }),
      },
    ),
    "the holder of the lock is waited for": {
      ...well("succeeded", `${WAITS} → ${AGAIN} → ${TOLD}`, { Plan: plans(WAIT) }),
      told: { "Plan again": { Payload: { before: WAIT } } },
    },
    "the holder of the lock is waited for, and then another": well(
      "succeeded",
      `${WAITS} → Plan again → Decide → Wait for others → ${AGAIN} → ${TOLD}`,
      { Plan: plans(WAIT), "Plan again": [WAIT, ROTATE].flatMap((plan) => plans(plan)) },
    ),
    "Plan again fails": badly(`${WAITS} → Plan again → Plan failed`, {
      Plan: plans(WAIT),
      "Plan again": throws("InternalError"),
    }),
    // Each entry of a state begins to count its tries anew.
    "what the last holder left is brought to rest, then it is rotated": well(
      "succeeded",
      `${RECOVERS} → ${OUTCOME_TOLD} → ${AGAIN} → ${TOLD}`,
      {
        Plan: plans({ ...RECOVER, thenRotate: true }),
        "Record outcome": records("rolled back"),
        "Give the lock back": [...THROTTLED, gives({}), ...THROTTLED, gives({})],
      },
      { "Give the lock back": 12 },
    ),
    "what the last holder left is brought to rest, but could not be told": well(
      "rolled back",
      `${RECOVERS} → ${OUTCOME} → Announce outcome → How did it end? → Rotation ended`,
      {
        Plan: plans({ ...RECOVER, thenRotate: true }),
        "Record outcome": records("rolled back"),
        "Announce outcome": NOT_PUT,
      },
      { "Announce outcome": 6 },
    ),

    // The end of it fails.
    "it is rotated, but not told": well(
      "succeeded",
      `${CREATES} → ${PHASES} → Record → Announce → How did it end? → Rotation ended`,
      { Announce: NOT_PUT },
      { Announce: 6 },
    ),
    "the lock is another's by now": well("succeeded", `${CREATES} → ${PHASES} → ${TOLD}`, {
      "Give the lock back": fails("DynamoDb.ConditionalCheckFailedException"),
    }),
    "the lock cannot be given back": well(
      "succeeded",
      `${CREATES} → ${PHASES} → ${TOLD}`,
      { "Give the lock back": fails("DynamoDb.InternalServerErrorException") },
      { "Give the lock back": 6 },
    ),
    "it is rotated, but no record can be written": {
      script: { Record: throws("AccessDeniedError") },
      path: `${CREATES} → ${PHASES} → Record → ${UNRECORDED} → Ended, unrecorded`,
      end: succeeded({ outcome: "needs attention", reason: "NotRecorded" }),
    },
    "it fails, and no record can be written, and nobody be told": {
      script: {
        Plan: throws("InvalidSecretError"),
        "Record outcome": throws("AccessDeniedError"),
        "Announce unrecorded": NOT_PUT,
      },
      path: `Plan → Plan failed → Record outcome → ${UNRECORDED} → Failed, unrecorded`,
      tries: { "Announce unrecorded": 6 },
      end: failed("NotRecorded"),
    },

    // https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
    "a function answers what it should not, which nothing catches": {
      script: { "Set secret": answers(null) },
      path: `${CREATES} → Set secret`,
      end: failed("States.Runtime"),
    },
  },
);
